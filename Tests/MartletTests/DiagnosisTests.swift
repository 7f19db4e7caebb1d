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

@Test func `a disk without room is said to be full, and one with little to be weak`() {
    let states: [(free: UInt64, state: Diagnosis.Finding.State)] = [
        (0, .missing), ((1 << 20) - 1, .missing), (1 << 20, .weaker), (64 << 20, .fine),
    ]
    for (free, state) in states {
        let disk = DiskRoom(free: free, size: 1 << 40)
        let finding = Diagnosis(SandboxCapabilities.probe(), Interpreters(), disk: disk).findings.last
        #expect(finding?.name == "data folder" && finding?.state == state)
    }
    #expect(DiskRoom(at: "/")?.size ?? 0 > 0 && DiskRoom(at: "/no/such/folder") == nil)
}

@Test func `what is fine has no consequence`() {
    for finding in machine({ _ in }) where finding.state == .fine { #expect(finding.consequence == nil) }
}
