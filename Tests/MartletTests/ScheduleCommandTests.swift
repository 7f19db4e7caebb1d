import Core
import ScheduleExpression
import Testing

@testable import martlet

/// What `martlet schedules next` says.
@Suite struct ScheduleCommandTests {
    @Test func `times are said on the clock and in UTC`() throws {
        let forecasts = try ScheduleNext.forecasts(
            ["cron(0 9 ? * MON-FRI *)", "rate(1 hour)", "cron(0 0 30 2 ? *)"], zone: "UTC",
            after: "2026-11-20T12:00:00", count: 2)
        #expect(
            forecasts[0].rows == [
                ["2026-11-23T09:00:00+00:00", "2026-11-23T09:00:00Z", "cron(0 9 ? * MON-FRI *)"],
                ["2026-11-24T09:00:00+00:00", "2026-11-24T09:00:00Z", "cron(0 9 ? * MON-FRI *)"],
            ])
        #expect(forecasts[1].rows.map { $0[1] } == ["2026-11-20T13:00:00Z", "2026-11-20T14:00:00Z"])
        #expect(forecasts[2].times.isEmpty)
        let json = #"{"Expression":"rate(1 hour)","TimeZone":"UTC","Words":"every hour","FireTimes":"#
        #expect(forecasts[1].json.text == json + #"["2026-11-20T13:00:00Z","2026-11-20T14:00:00Z"]}"#)
    }

    @Test func `what is wrong is said with its place`() throws {
        let flaw = ClientError.badInput("rate(5 minute): character 8: with this number the unit is 'minutes'")
        #expect(throws: flaw) { try ScheduleNext.forecasts(["rate(5 minute)"], zone: "UTC", after: nil, count: 1) }
        for (zone, after) in [("../UTC", nil), ("Nowhere/Land", nil), ("UTC", "tomorrow"), ("UTC", "2026-11-20")] {
            #expect(throws: ClientError.self) {
                try ScheduleNext.forecasts(["rate(5 minutes)"], zone: zone, after: after, count: 1)
            }
        }
    }
}
