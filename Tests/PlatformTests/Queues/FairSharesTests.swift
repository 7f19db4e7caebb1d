import Core
import Storage
import Testing

@testable import Platform

struct FairSharesTests {
    private let queue = QueueID("q")
    private let now = Instant(milliseconds: 0)

    @Test func `the more of a group waits the later the next one comes, whatever others do`() {
        var shares = FairShares(limit: 10)
        let ranks = (0..<64).map { _ in shares.sent("many", to: queue, at: now) }
        #expect(ranks == (0..<64).map { $0 < 16 ? 0 : $0 < 32 ? -1 : -2 })
        #expect(shares.sent("few", to: queue, at: now) == 0)
        #expect(shares.sent("many", to: QueueID("other"), at: now) == 0)
        for _ in 0..<1_000_000 { _ = shares.sent("many", to: queue, at: now) }
        #expect(shares.sent("many", to: queue, at: now) == -10)
    }

    @Test func `who has nothing waiting comes first again, and what is long ago is forgotten`() {
        var shares = FairShares(limit: 10)
        for _ in 0..<40 { _ = shares.sent("g", to: queue, at: now) }
        for _ in 0..<60 { shares.received("g", from: queue) }
        #expect(shares.sent("g", to: queue, at: now) == 0)
        for _ in 0..<40 { _ = shares.sent("g", to: queue, at: now) }
        #expect(shares.sent("g", to: queue, at: now) == -2)
        #expect(shares.sent("g", to: queue, at: Instant(milliseconds: 15 * 60_000)) == 0)
        shares.received("stranger", from: queue)
    }
}
