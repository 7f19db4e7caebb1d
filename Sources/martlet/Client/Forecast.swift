import Core
import ScheduleExpression

/// When an expression fires next, ready to be shown.
struct Forecast {
    let expression: TimeExpression
    let zone: ZoneName
    let rules: ZoneRules
    let times: [Instant]

    /// What the expression means.
    var sentence: String { "\(expression.text): \(expression.words)." }

    /// One row for each time: on the clock, in UTC, and the expression.
    var rows: [[String]] { times.map { [onClock($0), Self.utc($0), expression.text] } }

    /// All of it, for scripts.
    var json: JSON {
        .object(
            JSONObject([
                ("Expression", .string(expression.text)), ("TimeZone", .string(zone.text)),
                ("Words", .string(expression.words)), ("FireTimes", .array(times.map { .string(Self.utc($0)) })),
            ]))
    }

    /// Such as `2026-11-20T13:00:00+01:00`.
    private func onClock(_ time: Instant) -> String {
        let offset = rules.offset(at: time.milliseconds / 1000)
        let minutes = Int(offset.magnitude) / 60
        let parts = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(time.advanced(milliseconds: offset * 1000).iso8601.prefix(19))\(offset < 0 ? "-" : "+")\(parts)"
    }

    private static func utc(_ time: Instant) -> String { time.iso8601.prefix(19) + "Z" }
}
