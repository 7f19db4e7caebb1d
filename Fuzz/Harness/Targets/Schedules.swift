import Core

@testable import ScheduleExpression

extension FuzzTarget {
    /// Schedule expressions and time zones.
    static let scheduleExpression = [timeExpressions, zoneFiles]

    /// An expression on the first line, the footer of a zone's file on the second.
    private static let timeExpressions = FuzzTarget(
        "time-expressions",
        texts: [
            "cron(0/15 22-2,4 ? JAN-MAR,12 FRI#3 2024/7)\nEST5EDT,M3.2.0,M11.1.0", "rate(5 minutes)\nUTC0",
            "cron(* * L-3W * ? *)\n<+00>0<+02>-2,J60/-1,365", "cron(0 9 15W 2 ? 2025-2199)\n<-03>3",
            "cron(59 23 ? * 7L *)\nIST-1GMT0,M10.5.0,M3.5.0/1",
            "at(2026-03-29T02:30:00)\nCET-1CEST,M3.5.0,M10.5.0/3",
        ]
    ) { bytes in
        let (text, footer) = bytes.halves()
        var parser = ZoneFooterParser(footer[...])
        let zone = ZoneRules(initial: 0, changes: [], footer: parser.footer())
        for dialect in [TimeExpression.Dialect.scheduler, .rule] {
            guard
                let expression = accepted({ () throws(ExpressionFlaw) in
                    try TimeExpression(parsing: text.text, for: dialect)
                })
            else { continue }
            require(!expression.words.isEmpty)
            walk(Timetable(expression, zone: zone, start: Instant(milliseconds: 1_700_000_000_123)))
        }
    }

    /// Fire times go forward, and the latest of them is the last.
    private static func walk(_ timetable: Timetable) {
        let start = Instant(milliseconds: 1_700_000_000_000)
        var last = start
        for time in timetable.fireTimes(after: start).prefix(50) {
            require(time > last)
            if case .cron = timetable.expression.form {
                require((time.milliseconds / 1000 + timetable.zone.offset(at: time.milliseconds / 1000)) % 60 == 0)
            }
            last = time
        }
        require(last == start || timetable.latestFireTime(after: start, through: last) == last)
    }

    private static let zoneFiles = FuzzTarget(
        "zone-files",
        seeds: [
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 35) + [0, 0, 0, 0] + Array("TZif2".utf8)
                + [UInt8](repeating: 0, count: 30) + [1, 0, 0, 0, 1, 0, 0, 0, 4]
                + [0, 0, 0, 0, 104, 0, 0, 0, 0, 0, 0, 14, 16, 0, 0] + Array("AAA\0\nEST5EDT,M3.2.0,M11.1.0\n".utf8)
        ]
    ) { bytes in
        guard let zone = accepted({ () throws(ZoneFlaw) in try ZoneFileParser.parse(bytes) }) else { return }
        guard let expression = accepted({ try TimeExpression(parsing: "cron(0/20 * * * ? *)") }) else { return }
        walk(Timetable(expression, zone: zone, start: Instant(milliseconds: 0)))
    }
}
