import Core
import Testing

@testable import Platform

struct HappeningLimitsTests {
    private static let pace = Happening.Pace(burst: 3, interval: 1000)

    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private func happening(_ subject: String) -> Happening {
        Happening(source: "martlet.test", type: "t", subject: subject, detail: [])
    }

    @Test func `so many are told at once, the others are counted and told of with the next`() {
        var limits = HappeningLimits()
        var made = 0
        func admit(_ now: Int64) -> Int? {
            limits.admit("t", "s", Self.pace, at: at(now)) {
                made += 1
                return happening("s")
            }?.omitted
        }
        let told = (0..<10).map { _ in admit(0) }
        #expect(told == [0, 0, 0] + [Int?](repeating: nil, count: 7))
        #expect(made == 4, "of those that are left out one is made")
        #expect(admit(999) == nil)
        #expect(admit(1000) == 8)
        #expect(admit(1000) == nil)
    }

    @Test func `what was left out is told by itself where nothing follows`() {
        var limits = HappeningLimits()
        for _ in 0..<5 { _ = limits.admit("t", "s", Self.pace, at: at(0)) { happening("s") } }
        #expect(limits.due(at: at(2999)).isEmpty)
        let due = limits.due(at: at(3000))
        #expect(due.map(\.omitted) == [1])
        #expect(due.map(\.happening.subject) == ["s"])
        #expect(limits.due(at: at(9000)).isEmpty)
    }

    @Test func `subjects beyond the bound share their room, and those at rest are forgotten`() {
        var limits = HappeningLimits(limit: 2)
        func admit(_ subject: String, _ now: Int64) -> Bool {
            limits.admit("t", subject, Self.pace, at: at(now)) { happening(subject) } != nil
        }
        let told = ["a", "b", "c", "d", "e", "f"].map { admit($0, 0) }
        #expect(told == [true, true, true, true, true, false])
        #expect(admit("g", 10_000), "a and b are at rest")
    }
}
