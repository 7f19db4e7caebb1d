import Foundation
import Sandboxing
import Testing

/// What a machine is asked about itself.
struct SandboxCapabilitiesTests {
    @Test(.enabled(if: SandboxFixture.isPossible)) func `a machine that runs the other tests has what they need`() {
        let found = SandboxCapabilities.probe()
        #expect(found.bubblewrap?.hasPrefix("bubblewrap ") == true)
        #expect(found.userNamespaces && found.seccomp && found.lateMount)
        #expect(found.isRoot == (geteuid() == 0))
        #expect(found.controllers.isEmpty == (found.cgroups == nil))
    }

    @Test func `a missing bubblewrap is told, not guessed`() {
        #expect(SandboxCapabilities.probe(bubblewrap: "/nonexistent/bwrap").bubblewrap == nil)
        let configuration = StarterConfiguration(program: SandboxFixture.program, bubblewrap: "/nonexistent/bwrap")
        #expect(throws: SandboxError.unsupported("no bubblewrap at /nonexistent/bwrap")) {
            _ = try Starter.launch(configuration)
        }
    }
}
