/// When a schedule fires, as its text says: `cron(0 12 * * ? *)`, `rate(5 minutes)` or `at(2026-11-20T12:00:00)`.
///
/// Times are those of a zone's clock; only a `Timetable`, which has a zone, can say when that is.
package struct TimeExpression: Hashable, Sendable {
    /// The three kinds of expressions.
    package enum Form: Hashable, Sendable {
        case cron(Cron)
        case rate(Rate)
        case once(LocalTime)
    }

    /// Whose expression it is; the two services do not take the same.
    package enum Dialect: Sendable {
        /// EventBridge Scheduler.
        case scheduler
        /// Rules of EventBridge: no `at`, and a unit agrees with its number.
        case rule
    }

    /// The most bytes of an expression, as the service models say.
    package static let limit = 256

    package let text: String
    package let form: Form

    /// The years in which anything fires.
    static let years = 1970...2199
}
