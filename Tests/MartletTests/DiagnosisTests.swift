import Platform
import Sandboxing
import Testing

@testable import martlet

private func machine(_ change: (inout SandboxCapabilities) -> Void) -> [Diagnosis.Finding] {
    var machine = SandboxCapabilities.probe()
    change(&machine)
    return Diagnosis(machine, Interpreters()).findings
}

@Test func `without bubblewrap nothing runs, and the doctor says what to install`() {
    let finding = machine { $0.bubblewrap = nil }.first { $0.name == "bubblewrap" }
    #expect(finding?.state == .missing)
    #expect(finding?.consequence?.contains("apt-get install bubblewrap") == true)
}

@Test func `a controller that is not there makes limits weaker, not functions impossible`() {
    let finding = machine { $0.controllers.remove(.pids) }.first { $0.name == "control groups" }
    #expect(finding?.state == .weaker)
    #expect(finding?.found.contains("pids") == true)
}

@Test func `what is fine has no consequence`() {
    for finding in machine({ _ in }) where finding.state == .fine { #expect(finding.consequence == nil) }
}
