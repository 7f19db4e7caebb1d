import Foundation
import Sandboxing
import Testing

/// The same tests without root's rights, and what holds where no control group can be used.
struct RootlessTests {
    /// Another user that has nothing on this machine.
    private static let user = "1001"
    private static let setpriv = "/usr/bin/setpriv"

    @Test(
        .enabled(
            if: SandboxFixture.isPossible && geteuid() == 0 && FileManager.default.isExecutableFile(atPath: setpriv)))
    func `every attack is stopped for an ordinary user too`() throws {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        let asUser = ["--reuid", Self.user, "--regid", Self.user, "--clear-groups"]
        guard try run(asUser + ["test", "-x", tests]).status == 0 else {
            print("skipped: an ordinary user cannot reach \(tests)")
            return
        }
        let suites = "AttackTests|LifecycleTests|StarterTests|UngroupedLimitTests"
        let result = try run(
            asUser + ["env", "HOME=/tmp", tests, "--testing-library", "swift-testing", "--filter", suites])
        let lines = result.output.split(separator: "\n")
        let failures = lines.filter { $0.contains("recorded an issue") }.joined(separator: "\n")
        let passed = lines.contains { $0.contains("Test run with") && $0.contains("passed") }
        #expect(result.status == 0 && passed, "\(failures)")
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: Self.setpriv)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// Limits where no control group can be used: each process is limited by itself.
@Suite(.serialized, .enabled(if: SandboxFixture.isPossible && SandboxCapabilities.probe().controllers.isEmpty))
struct UngroupedLimitTests {
    @Test func `a process gets no more memory than the limit and what a runtime itself takes`() async throws {
        try await SandboxFixture.with { fixture in
            let code = """
                try:
                    x = bytearray(1 << 30)
                    print('held')
                except MemoryError:
                    print('refused')
                """
            let (output, exit) = try await fixture.runPython(code, limits: TestLimits(memoryBytes: 64 << 20))
            #expect(output == "refused\n")
            #expect(exit.cause == .exited(0))
        }
    }

    @Test func `a fork bomb stays within the function's processes`() async throws {
        let bomb = """
            import time
            count = 0
            try:
                while count < 2000:
                    if os.fork() == 0: time.sleep(10); os._exit(0)
                    count += 1
                print('unlimited')
            except OSError as error:
                print(errno.errorcode[error.errno])
            """
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.runPython(bomb)
            #expect(output == "EAGAIN\n")
        }
    }
}
