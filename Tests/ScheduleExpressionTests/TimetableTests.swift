import Core
import Testing

@testable import ScheduleExpression

/// Fire times that were computed by hand; `Tests/EndToEnd/schedule_times_test.py` compares thousands with another program.
struct TimetableTests {
    /// New York sets its clock at 07:00 UTC on the 8th of March and at 06:00 UTC on the 1st of November 2026.
    private static let newYork = ZoneRules(
        initial: -18000, changes: [],
        footer: ZoneFooter(
            standard: -18000,
            daylight: ZoneFooter.Daylight(
                offset: -14400, start: ZoneFooter.Moment(day: .weekday(0, week: 2, month: 3), second: 7200),
                end: ZoneFooter.Moment(day: .weekday(0, week: 1, month: 11), second: 7200))))

    private func times(
        _ text: String, zone: ZoneRules = .utc, after: String, start: String? = nil, end: String? = nil, count: Int = 3
    ) throws -> [String] {
        let timetable = Timetable(
            try TimeExpression(parsing: text), zone: zone, start: try instant(start ?? after),
            end: try end.map { try instant($0) })
        return timetable.fireTimes(after: try instant(after)).prefix(count).map { String($0.iso8601.prefix(19)) }
    }

    /// An instant of UTC as an `at` says it.
    private func instant(_ text: String) throws -> Instant {
        let expression = try TimeExpression(parsing: "at(\(text))")
        let timetable = Timetable(expression, start: Instant(milliseconds: 0))
        return try #require(timetable.nextFireTime(after: Instant(milliseconds: -1)))
    }

    @Test func `what falls into the gap of spring is skipped`() throws {
        let found = try times("cron(30 2 * * ? *)", zone: Self.newYork, after: "2026-03-07T00:00:00")
        #expect(found == ["2026-03-07T07:30:00", "2026-03-09T06:30:00", "2026-03-10T06:30:00"])
        let often = try times("cron(0/30 * * * ? *)", zone: Self.newYork, after: "2026-03-08T06:00:00")
        #expect(often == ["2026-03-08T06:30:00", "2026-03-08T07:00:00", "2026-03-08T07:30:00"])
    }

    @Test func `what falls into the repeated hour of autumn happens once`() throws {
        let found = try times("cron(30 1 * * ? *)", zone: Self.newYork, after: "2026-10-31T12:00:00")
        #expect(found == ["2026-11-01T05:30:00", "2026-11-02T06:30:00", "2026-11-03T06:30:00"])
        let often = try times("cron(0/30 * * * ? *)", zone: Self.newYork, after: "2026-11-01T05:00:00")
        #expect(often == ["2026-11-01T05:30:00", "2026-11-01T07:00:00", "2026-11-01T07:30:00"])
        let within = try times("cron(0/30 * * * ? *)", zone: Self.newYork, after: "2026-11-01T06:10:00", count: 1)
        #expect(within == ["2026-11-01T07:00:00"])
    }

    @Test func `a rate counts days of the same length`() throws {
        let found = try times("rate(1 day)", zone: Self.newYork, after: "2026-03-07T12:00:00")
        #expect(found == ["2026-03-08T12:00:00", "2026-03-09T12:00:00", "2026-03-10T12:00:00"])
    }

    @Test func `a rate begins at its start, and counts from there`() throws {
        let found = try times("rate(5 minutes)", after: "2026-01-01T00:00:00", start: "2026-01-01T00:02:00")
        #expect(found == ["2026-01-01T00:02:00", "2026-01-01T00:07:00", "2026-01-01T00:12:00"])
        let later = try times("rate(5 minutes)", after: "2026-01-02T00:00:01", start: "2026-01-01T00:02:00", count: 1)
        #expect(later == ["2026-01-02T00:02:00"])
    }

    @Test func `dates bound what repeats: the start is included, the end is not`() throws {
        let found = try times(
            "cron(0 * * * ? *)", after: "2026-01-01T00:00:00", start: "2026-01-01T05:00:00", end: "2026-01-01T07:00:00")
        #expect(found == ["2026-01-01T05:00:00", "2026-01-01T06:00:00"])
        let rate = try times("rate(1 hour)", after: "2026-01-01T00:00:00", end: "2026-01-01T02:00:00")
        #expect(rate == ["2026-01-01T01:00:00"])
    }

    @Test func `at fires once, whatever the dates say, and in a gap as if the clock had not been set`() throws {
        let once = try times(
            "at(2026-05-01T12:00:00)", zone: Self.newYork, after: "2026-01-01T00:00:00", end: "2026-02-01T00:00:00")
        #expect(once == ["2026-05-01T16:00:00"])
        let gap = try times("at(2026-03-08T02:30:00)", zone: Self.newYork, after: "2026-01-01T00:00:00")
        #expect(gap == ["2026-03-08T07:30:00"])
        #expect(try times("at(2026-01-01T00:00:00)", after: "2026-01-01T00:00:00").isEmpty)
    }

    @Test(arguments: [
        "cron(0 0 30 2 ? *)", "cron(0 0 1 1 ? 2025)", "cron(0 0 31 4,6,9,11 ? *)", "cron(30 2 ? 3 1#2 *)",
        "at(2025-01-01T00:00:00)",
    ])
    func `what never fires is nil`(_ text: String) throws {
        #expect(try times(text, zone: Self.newYork, after: "2026-01-01T00:00:00").isEmpty)
    }

    @Test func `nothing fires from 2200 on`() throws {
        let last = try times("cron(59 23 * * ? *)", after: "2199-12-30T00:00:00")
        #expect(last == ["2199-12-30T23:59:00", "2199-12-31T23:59:00"])
    }

    @Test(arguments: ["cron(* * * * ? *)", "cron(0 9 L-2W 2/3 ? *)", "rate(999999999 days)", "at(2199-12-31T23:59:59)"])
    func `no instant is too far away`(_ text: String) throws {
        let far = [Int64.min, .min + 1, -1, 0, 1, 253_402_300_800_000, .max - 1, .max].map { Instant(milliseconds: $0) }
        for start in far {
            let timetable = Timetable(try TimeExpression(parsing: text), zone: Self.newYork, start: start)
            for after in far {
                let next = timetable.nextFireTime(after: after)
                #expect(next.map { $0 > after } ?? true)
                for upper in far { _ = timetable.latestFireTime(after: after, through: upper) }
            }
        }
    }

    @Test(arguments: [
        "cron(0/7 9-17 ? * MON-FRI *)", "cron(0 0 29 2 ? *)", "rate(3 minutes)", "at(2026-01-03T00:00:00)",
    ])
    func `the latest fire time is the last of all`(_ text: String) throws {
        let timetable = Timetable(
            try TimeExpression(parsing: text), zone: Self.newYork, start: try instant("2025-12-01T00:00:01"))
        let lower = try instant("2026-01-01T00:00:00")
        for hours in [0, 1, 20, 49, 200] {
            let upper = lower.advanced(milliseconds: Int64(hours) * 3_600_000 + 60_000)
            let slow = timetable.fireTimes(after: lower).prefix { $0 <= upper }.reduce(nil) { _, time in time }
            #expect(timetable.latestFireTime(after: lower, through: upper) == slow)
        }
    }

    @Test func `a window spreads schedules evenly, and each the same way every time`() throws {
        let window = try #require(FlexibleWindow(minutes: 10))
        let time = try instant("2026-01-01T00:00:00")
        let delays = (0..<10_000).map { window.delay(of: "schedule-\($0)", at: time) }
        #expect(delays.allSatisfy { (0..<600_000).contains($0) })
        for minute in 0..<10 {
            let count = delays.count { $0 / 60_000 == minute }
            #expect((850...1150).contains(count), "minute \(minute) has \(count) of 10,000")
        }
        #expect(window.delay(of: "schedule-1", at: time) == delays[1])
        #expect(FlexibleWindow(minutes: 0) == nil && FlexibleWindow(minutes: 1441) == nil)
    }
}
