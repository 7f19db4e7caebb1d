import ArgumentParser
import Core
import ScheduleExpression

/// `martlet schedules next`: the next times at which an expression fires.
struct ScheduleNext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Say what a schedule expression means, and when it fires next.",
        discussion: """
            Takes expressions of EventBridge Scheduler; no server is needed:

              martlet schedules next 'cron(0 9 ? * MON-FRI *)' --time-zone Europe/Paris
              martlet schedules next 'rate(90 minutes)' --count 3
              martlet schedules next 'cron(30 2 * * ? *)' --time-zone America/New_York --after 2026-03-07T00:00:00

            In a terminal a sentence and a table, in a pipe one line for each time with tabs between the columns: the time \
            on the zone's clock, the time in UTC, the expression. A rate is counted from --after.

            Exit status: 0 all fire, 1 an expression never fires again, 2 an expression or the time zone is wrong, 64 the \
            command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Argument(help: "The expressions, such as 'cron(0 9 ? * MON-FRI *)', 'rate(5 minutes)', 'at(2026-11-20T12:00:00)'.")
    var expressions: [String]
    @Option(help: "The time zone on whose clock they fire, such as Europe/Paris.")
    var timeZone = "UTC"
    @Option(help: "The most times for each.")
    var count = 10
    @Option(help: "Only times behind this one on the zone's clock, as yyyy-mm-ddThh:mm:ss; now, if it is left out.")
    var after: String?
    @Option(help: "table: columns of text; json: one object for each expression, with times in UTC.")
    var output = Output.table

    func validate() throws {
        guard !expressions.isEmpty else { throw ValidationError("Give an expression, such as 'rate(5 minutes)'.") }
        guard (1...10_000).contains(count) else { throw ValidationError("--count: from 1 to 10000.") }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let forecasts = try Self.forecasts(expressions, zone: timeZone, after: after, count: count)
            switch output {
            case .json: for forecast in forecasts { Terminal.printLine(forecast.json.text) }
            case .table: show(forecasts)
            }
            if forecasts.contains(where: \.times.isEmpty) { throw ExitCode(1) }
        }
    }

    private func show(_ forecasts: [Forecast]) {
        if Terminal.isInteractive {
            for forecast in forecasts { Terminal.printLine(forecast.sentence) }
        }
        for forecast in forecasts where forecast.times.isEmpty {
            Terminal.printError("\(forecast.expression.text) never fires behind that time.")
        }
        var table = Table(headings: ["ON THE CLOCK", "UTC", "EXPRESSION"])
        table.rows = forecasts.flatMap(\.rows)
        guard !table.rows.isEmpty else { return }
        table.lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
    }

    /// What there is to say of each expression.
    static func forecasts(_ texts: [String], zone: String, after: String?, count: Int) throws -> [Forecast] {
        let (name, rules) = try rules(of: zone)
        let start = try after.map { try instant($0, rules) } ?? .now
        return try texts.map { text in
            do throws(ExpressionFlaw) {
                let expression = try TimeExpression(parsing: text)
                let times = Timetable(expression, zone: rules, start: start).fireTimes(after: start).prefix(count)
                return Forecast(expression: expression, zone: name, rules: rules, times: Array(times))
            } catch {
                throw ClientError.badInput("\(Terminal.harmless(text)): \(error)")
            }
        }
    }

    private static func rules(of zone: String) throws -> (ZoneName, ZoneRules) {
        do throws(ZoneFlaw) {
            let name = try ZoneName(zone)
            return (name, try ZoneFolder.standard.rules(of: name))
        } catch {
            throw ClientError.badInput("--time-zone: \(Terminal.harmless(error.description)).")
        }
    }

    /// A time on the zone's clock is what an `at` is.
    private static func instant(_ text: String, _ rules: ZoneRules) throws -> Instant {
        guard let expression = try? TimeExpression(parsing: "at(\(text))"),  // The flaw would speak of an expression.
            let time = Timetable(expression, zone: rules, start: Instant(milliseconds: 0))
                .nextFireTime(after: Instant(milliseconds: .min))
        else { throw ClientError.badInput("--after: a time is expected, such as 2026-11-20T12:00:00.") }
        return time
    }
}
