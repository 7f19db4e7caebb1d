import Core
import ScheduleExpression
import Testing

@testable import Platform

/// What is done about times that come up in time, late, and far too late.
struct FiringPlanTests {
    /// Noon of the 20th of November 2026.
    private static let noon = Instant(milliseconds: 1_795_176_000_000)
    private static let minute: Int64 = 60_000

    private func plan(
        _ expression: String, late: Int64, age: Int? = nil, window: Int? = nil, delay: Int64 = 0
    ) throws -> (plan: FiringPlan, schedule: Schedule) {
        let schedule = try ScheduleFixture.schedule(expression, age: age, window: window, at: Self.noon)
        let id = ScheduleID(group: .defaultGroup, name: try ScheduleName("planned"))
        let time = FireTime(scheduled: Self.noon, call: Self.noon.advanced(milliseconds: delay))
        let plan = FiringPlan(
            try schedule.timetable(.standard), schedule, id, due: time,
            now: Self.noon.advanced(milliseconds: delay + late))
        return (plan, schedule)
    }

    private func minutes(_ instant: Instant?) -> Int64? {
        instant.map { ($0.milliseconds - Self.noon.milliseconds) / Self.minute }
    }

    @Test(arguments: [0, 300, 59_999, 60_000])
    func `a time that comes up within a minute is fired`(_ late: Int64) throws {
        let plan = try plan("rate(1 minute)", late: late).plan
        #expect(minutes(plan.fires) == 0 && plan.missed == 0 && minutes(plan.next?.scheduled) == 1)
    }

    @Test func `of the times that were missed the latest is fired, once, and the others are counted`() throws {
        let plan = try plan("rate(5 minutes)", late: 63 * Self.minute).plan
        #expect(minutes(plan.fires) == 60 && plan.missed == 12 && minutes(plan.next?.scheduled) == 65)
    }

    @Test func `what was missed for longer than an event may become old is only counted`() throws {
        let day = try plan("cron(0 12 20 * ? *)", late: 1441 * Self.minute).plan
        #expect(day.fires == nil && day.missed == 1 && minutes(day.next?.scheduled) == 30 * 1440)
        let short = try plan("rate(1 hour)", late: 90 * Self.minute, age: 60 * 20).plan
        #expect(short.fires == nil && short.missed == 2 && minutes(short.next?.scheduled) == 120)
        let within = try plan("rate(1 hour)", late: 90 * Self.minute, age: 60 * 40).plan
        #expect(minutes(within.fires) == 60 && within.missed == 1)
    }

    @Test func `the count of what was missed ends somewhere`() throws {
        let plan = try plan("rate(1 minute)", late: 3_000_000 * Self.minute).plan
        #expect(minutes(plan.fires) == 3_000_000 && plan.missed == FiringPlan.countLimit - 1)
        #expect(minutes(plan.next?.scheduled) == 3_000_001)
    }

    @Test func `a time that was missed by a stop is fired late, and the schedule is complete`() throws {
        let plan = try plan("at(2026-11-20T12:00:00)", late: 20 * Self.minute).plan
        #expect(minutes(plan.fires) == 0 && plan.missed == 0 && plan.next == nil)
    }

    @Test func `a window delays the call and not the times`() throws {
        let (plan, _) = try plan("rate(5 minutes)", late: 1000, window: 15, delay: 14 * Self.minute)
        #expect(minutes(plan.fires) == 0 && plan.missed == 0 && minutes(plan.next?.scheduled) == 5)
        let next = try #require(plan.next)
        #expect((0..<15 * Self.minute).contains(next.call.milliseconds - next.scheduled.milliseconds))
    }
}
