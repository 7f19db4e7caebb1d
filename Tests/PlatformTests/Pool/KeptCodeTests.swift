import Testing

@testable import Platform

struct KeptCodeTests {
    private typealias Kept = KeptCode<Int, String>

    @Test func `of what nobody has called only the newest waits`() {
        var kept = Kept()
        for number in 0..<(Kept.unusedCount + 4) { kept.keep("code \(number)", as: number, size: 1, now: number) }
        kept.expire(now: 100)
        for number in 0..<4 { #expect(kept.use(number, now: 100) == nil) }
        for number in 4..<(Kept.unusedCount + 4) { #expect(kept.use(number, now: 100) == "code \(number)") }
    }

    @Test func `what was called is not dropped for what was deployed since`() {
        var kept = Kept()
        kept.keep("called", as: -1, size: 1, now: 0)
        #expect(kept.use(-1, now: 1) == "called")
        for number in 0..<100 { kept.keep("new", as: number, size: 1 << 20, now: 2) }
        kept.expire(now: 3)
        #expect(kept.use(-1, now: 3) == "called")
    }

    @Test func `what waits for a first call is bounded in bytes, and too large a one never waits`() {
        var kept = Kept()
        #expect(!kept.hasRoom(for: 0, size: Kept.unusedSize + 1))
        for number in 0..<8 {
            #expect(kept.hasRoom(for: number, size: Kept.unusedSize))
            kept.keep("code", as: number, size: Kept.unusedSize, now: number)
            kept.expire(now: number)
        }
        let left = (0..<8).filter { !kept.hasRoom(for: $0, size: 0) }
        #expect(left == [4, 5, 6, 7])
    }

    @Test func `the oldest goes when all is too much, and everything after a while without a use`() {
        var kept = Kept()
        for number in 0..<5 {
            kept.keep("large", as: number, size: Kept.bytes / 4, now: number)
            _ = kept.use(number, now: number)
        }
        kept.expire(now: 5)
        #expect(kept.use(0, now: 5) == nil)
        #expect(kept.use(4, now: 5) == "large")
        kept.expire(now: 5 + Kept.milliseconds)
        #expect(kept.use(4, now: 6 + Kept.milliseconds) == nil)
    }

    @Test func `what is gone is not kept for calls to come`() {
        var kept = Kept()
        for number in 0..<3 { kept.keep("code", as: number, size: 1, now: 0) }
        kept.drop { $0 == 1 }
        #expect(kept.use(1, now: 0) == nil)
        #expect(kept.use(2, now: 0) == "code")
    }
}
