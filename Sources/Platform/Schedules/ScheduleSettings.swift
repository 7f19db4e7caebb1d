import Core
import ScheduleExpression

/// What somebody says of a schedule; an update says all of it anew.
package struct ScheduleSettings: Hashable, Sendable, Codable {
    package var expression: String
    package var timeZone: String
    package var start: Instant?
    package var end: Instant?
    package var isEnabled: Bool
    /// Minutes behind a fire time within which the target is called; `nil` for at once.
    package var window: Int?
    package var deletesAfterCompletion: Bool
    package var summary: String?
    /// Kept and given back; what seals a schedule are the platform's own keys.
    package var keyARN: String?
    package var target: ScheduleTarget

    /// How long ago a schedule may have started: EventBridge Scheduler's bound.
    private static let longestAgo: Int64 = 5 * 60_000

    /// Gathers what was said.
    package init(
        expression: String, timeZone: String, start: Instant?, end: Instant?, isEnabled: Bool, window: Int?,
        deletesAfterCompletion: Bool, summary: String?, keyARN: String?, target: ScheduleTarget
    ) {
        self.expression = expression
        self.timeZone = timeZone
        self.start = start
        self.end = end
        self.isEnabled = isEnabled
        self.window = window
        self.deletesAfterCompletion = deletesAfterCompletion
        self.summary = summary
        self.keyARN = keyARN
        self.target = target
    }

    /// When it fires; a rate counts from `anchor` where no start was said.
    func timetable(_ zones: ZoneFolder, anchor: Instant) throws(ScheduleError) -> Timetable {
        let parsed: TimeExpression
        do { parsed = try TimeExpression(parsing: expression) } catch {
            throw .badExpression(expression, error)
        }
        let rules: ZoneRules
        do { rules = try zones.rules(of: ZoneName(timeZone)) } catch { throw .badTimeZone(timeZone, error) }
        return Timetable(parsed, zone: rules, start: start ?? anchor, end: end)
    }

    /// Refuses dates that a new schedule cannot have.
    func checkDates(now: Instant) throws(ScheduleError) {
        if let start, start.milliseconds < now.milliseconds - Self.longestAgo { throw .startTooEarly }
        if let end, end <= start ?? now { throw .endTooEarly }
    }

    /// Whether the same times come of both.
    func hasTimes(of other: ScheduleSettings) -> Bool {
        expression == other.expression && timeZone == other.timeZone && start == other.start && end == other.end
            && window == other.window
    }
}
