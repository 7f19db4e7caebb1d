import Testing

@testable import Storage

/// The writer waits for callers only while that pays.
@Suite struct PatienceTests {
    @Test func `it never waits longer than half a commit`() {
        var patience = Patience()
        for _ in 0..<10 { patience.ended(allCame: true) }
        let wait = patience.wait(answered: 3, waiting: 2, commit: .milliseconds(10))
        #expect(wait?.count == 5 && wait?.time == .milliseconds(5))
    }

    @Test func `it soon stops waiting for those who do not come`() {
        var patience = Patience()
        for _ in 0..<10 { patience.ended(allCame: false) }
        let wait = patience.wait(answered: 3, waiting: 0, commit: .milliseconds(64))
        #expect(wait?.time == .milliseconds(1))
    }

    @Test func `it waits no shorter than a timer can, but tries again`() {
        var patience = Patience()
        let waits = (0..<64).map { _ in patience.wait(answered: 3, waiting: 0, commit: .microseconds(100)) }
        #expect(waits.allSatisfy { $0 == nil } && patience == Patience())
    }

    @Test func `it tries again now and then`() {
        var patience = Patience()
        for _ in 0..<64 { patience.ended(allCame: false) }
        #expect(patience == Patience())
    }
}
