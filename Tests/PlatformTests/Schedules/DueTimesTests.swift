import Core
import Testing

@testable import Platform

struct DueTimesTests {
    private func entry(_ name: String, _ time: Int64, version: Int64 = 1) throws -> DueTimes.Entry {
        let instant = Instant(milliseconds: time)
        return DueTimes.Entry(
            id: ScheduleID(group: .defaultGroup, name: try ScheduleName(name)),
            time: FireTime(scheduled: instant, call: instant), version: version)
    }

    @Test func `what is due comes out in order, and nothing else`() throws {
        var due = DueTimes()
        for (place, time) in [50, 10, 40, 20, 30, 60].enumerated() { due.set(try entry("s\(place)", Int64(time))) }
        #expect(due.next == Instant(milliseconds: 10))
        #expect(due.take(through: Instant(milliseconds: 40), limit: 3).map(\.due.milliseconds) == [10, 20, 30])
        #expect(due.take(through: Instant(milliseconds: 40), limit: 3).map(\.due.milliseconds) == [40])
        #expect(due.take(through: Instant(milliseconds: 40), limit: 3).isEmpty)
        #expect(due.count == 2)
    }

    @Test func `a schedule has one time: the last that was set`() throws {
        var due = DueTimes()
        due.set(try entry("a", 10))
        due.set(try entry("a", 30, version: 2))
        due.set(try entry("b", 20))
        due.remove(try entry("b", 0).id)
        #expect(due.take(through: Instant(milliseconds: 20), limit: 9).isEmpty)
        #expect(due.take(through: Instant(milliseconds: 30), limit: 9).map(\.version) == [2])
        #expect(due.count == 0 && due.next == nil)
    }

    @Test func `a schedule that changes for ever does not grow the heap`() throws {
        var due = DueTimes()
        for time in 0..<10_000 {
            due.set(try entry("a", Int64(20_000 - time), version: Int64(time)))
            due.set(try entry("b", Int64(time), version: Int64(time)))
        }
        #expect(due.size < 200)
        #expect(due.take(through: Instant(milliseconds: 30_000), limit: 9).map(\.version) == [9999, 9999])
    }

    @Test func `many times come out as if they had been sorted`() throws {
        var (due, random) = (DueTimes(), SystemRandomNumberGenerator())
        var times: [String: Int64] = [:]
        for _ in 0..<5000 {
            let (name, time) = (
                "s\(Int.random(in: 0..<700, using: &random))", Int64.random(in: 0..<1000, using: &random)
            )
            if time % 7 == 0 {
                due.remove(try entry(name, 0).id)
                times[name] = nil
            } else {
                due.set(try entry(name, time, version: time))
                times[name] = time
            }
        }
        let taken = due.take(through: Instant(milliseconds: 1000), limit: 10_000).map(\.due.milliseconds)
        #expect(taken == times.values.sorted())
    }
}
