import Core
import Testing

@testable import ScheduleExpression

struct TimeExpressionTests {
    @Test(arguments: [
        "cron(0 2 ? * SAT *)", "cron(5,35 14 * * ? *)", "cron(15 10 ? * 6L 2002-2005)", "cron(* * ? * SAT#3 *)",
        "cron(0/5 5 ? JAN 1-5 2022)", "cron(0/30 20-23 ? * MON-FRI *)", "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)",
        "cron(30-30 13-13 ? * 2,4,6 *)", "cron(1-31/30 1-1 ? * 1,7 *)", "cron(0 0 LW * ? *)", "cron(0 0 L-3 * ? *)",
        "cron(0 9 15W * ? *)", "cron(0 12 ? * fri-mon *)", "cron(0 22-2 * NOV-FEB ? *)", "cron(0  0 1 1 ? 2199)",
        "cron(*/59 */23 */31 */12 ? *)", "cron(0 0 ? * L *)", "rate(1 minute)", "rate(5 minutes)", "rate(1 hour)",
        "rate(999999999 days)", "at(2026-11-20T12:00:00)", "at(2024-02-29T23:59:59)",
    ])
    func `what AWS takes is taken`(_ text: String) throws {
        #expect(try TimeExpression(parsing: text).text == text)
    }

    @Test func `a rule's unit agrees with its number, and a schedule's may be plural`() throws {
        for unit in ["minute", "hour", "day"] {
            for dialect in [TimeExpression.Dialect.scheduler, .rule] {
                _ = try TimeExpression(parsing: "rate(1 \(unit))", for: dialect)
                _ = try TimeExpression(parsing: "rate(2 \(unit)s)", for: dialect)
                #expect(throws: ExpressionFlaw(place: 7, reason: .unitNumber(expected: unit + "s"))) {
                    try TimeExpression(parsing: "rate(5 \(unit))", for: dialect)
                }
            }
            _ = try TimeExpression(parsing: "rate(1 \(unit)s)")
            #expect(throws: ExpressionFlaw(place: 7, reason: .unitNumber(expected: unit))) {
                try TimeExpression(parsing: "rate(1 \(unit)s)", for: .rule)
            }
        }
        #expect(throws: ExpressionFlaw(place: 0, reason: .notForRules)) {
            try TimeExpression(parsing: "at(2026-11-20T12:00:00)", for: .rule)
        }
    }

    @Test(arguments: [
        ("", 0), ("cron", 0), (" rate(10 minutes)", 0), ("CRON(0 0 * * ? *)", 0), ("every(5 minutes)", 0),
        ("rate(5 minutes", 14), ("rate(5 minutes))", 16), ("cron()", 5), ("cron(INVALID)", 5), ("cron(0 0 * * ?)", 5),
        ("cron(0 0 * * ? * *)", 5), ("cron( 0 0 * * ? *)", 5), ("cron(71 8 1 * ? *)", 5), ("cron(0 24 1 * ? *)", 7),
        ("cron(0 dummy ? * MON-FRI *)", 7), ("cron(7 20 * * NOT *)", 14), ("cron(0 1 * * * *)", 13),
        ("cron(0 1 ? * ? *)", 13), ("cron(0 0 0 * ? *)", 9), ("cron(0 0 32 * ? *)", 9), ("cron(0 0 1 13 ? *)", 11),
        ("cron(0 0 1 JANUARY ? *)", 14), ("cron(0 0 ? * 0 *)", 13), ("cron(0 0 ? * 8 *)", 13),
        ("cron(0 0 1 1 ? 1969)", 15), ("cron(0 0 1 1 ? 2200)", 15), ("cron(0 0 1 1 ? 2030-2020)", 20),
        ("cron(*/60 * * * ? *)", 7), ("cron(*/0 * * * ? *)", 7), ("cron(/5 * * * ? *)", 5), ("cron(5/ * * * ? *)", 7),
        ("cron(1, * * * ? *)", 7), ("cron(1- * * * ? *)", 7), ("cron(? * * * ? *)", 5), ("cron(L * * * ? *)", 5),
        ("cron(0 0 L,15 * ? *)", 10), ("cron(0 0 15,L * ? *)", 12), ("cron(0 0 15W,20 * ? *)", 11),
        ("cron(0 0 L-31 * ? *)", 11), ("cron(0 0 W * ? *)", 9), ("cron(0 0 ? * 3#1,6#3 *)", 16),
        ("cron(0 0 ? * 3#6 *)", 15), ("cron(0 0 ? * 6L,2 *)", 14), ("cron(0 0 ? * 6#3L *)", 16),
        ("cron(-1 0 * * ? *)", 5),
        ("rate()", 5), ("rate(10)", 7), ("rate(10 seconds)", 8), ("rate(10 years)", 8), ("rate(10 minutess)", 8),
        ("rate(foo minutes)", 5), ("rate(0 minutes)", 5), ("rate(-10 minutes)", 5), ("rate( 10 minutes )", 5),
        ("rate(10 MINUTES)", 8), ("rate(1.5 hours)", 6), ("rate(99999999999999999999 days)", 5), ("rate(05 days)", 5),
        ("at(2021-12-31T23:59:59Z)", 3), ("at(2021-12-31)", 3), ("at(2021-02-29T00:00:00)", 3), ("at()", 3),
        ("at(2021-12-31T24:00:00)", 3), ("at(2021-12-31 23:59:59)", 3), ("at(1969-12-31T23:59:59)", 3),
    ])
    func `what AWS refuses is refused with its place`(_ text: String, _ place: Int) {
        let flaw = #expect(throws: ExpressionFlaw.self) { try TimeExpression(parsing: text) }
        #expect(flaw?.place == place, "\(text): \(flaw.map(String.init(describing:)) ?? "")")
    }

    @Test func `an expression is bounded`() {
        let text = "cron(" + String(repeating: "0,", count: 126) + "0 0 * * ? *)"
        #expect(throws: ExpressionFlaw(place: 256, reason: .tooLong(limit: 256))) { try TimeExpression(parsing: text) }
    }

    @Test func `a flaw says where and what would be right`() {
        let flaw = #expect(throws: ExpressionFlaw.self) { try TimeExpression(parsing: "cron(0 24 1 * ? *)") }
        #expect(flaw?.description == "character 8: the hours from 0 to 23 are expected, not what is beyond")
    }

    @Test(arguments: [
        ("rate(1 minute)", "every minute"), ("rate(5 hours)", "every 5 hours"),
        ("at(2026-11-20T12:00:00)", "once, at 2026-11-20T12:00:00"), ("cron(* * * * ? *)", "every minute every day"),
        ("cron(0/15 * * * ? *)", "every 15 minutes every day"),
        ("cron(15 10 ? * 6L 2022-2024)", "at 10:15 on the last Friday of the month in 2022 to 2024"),
        ("cron(0/30 20-23 ? * MON-FRI *)", "every 30 minutes of the hours 20 to 23 on Monday to Friday"),
        (
            "cron(0 8,18 L-1 JAN,JUN ? *)",
            "at 08:00 and 18:00 on 1 day before the last day of the month in January and June"
        ),
        ("cron(0 8 22W * ? *)", "at 08:00 on the weekday nearest to the 22nd of the month"),
        ("cron(5 * ? * 2#1 *)", "5 minutes past the hour on the 1st Monday of the month"),
    ])
    func `an expression is said in words`(_ text: String, _ words: String) throws {
        #expect(try TimeExpression(parsing: text).words == words)
    }
}
