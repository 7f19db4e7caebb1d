/// What is wrong with an expression, and where.
package struct ExpressionFlaw: Error, Hashable, Sendable {
    /// What can be wrong.
    package enum Reason: Hashable, Sendable {
        case tooLong(limit: Int)
        case unknownForm
        case notForRules
        case unclosed
        case badCount
        case badUnit
        case unitNumber(expected: String)
        case badDate
        case fieldCount(Int)
        case badValue(CronField)
        case outOfRange(CronField)
        case badStep(CronField)
        case backwards(CronField)
        case misplaced(Character, CronField)
        case bothDays
        case noDays
    }

    /// How many bytes of the expression come before the flaw.
    package let place: Int
    package let reason: Reason
}

extension ExpressionFlaw: CustomStringConvertible {
    /// The flaw in a sentence that begins with its place, counted from 1.
    package var description: String { "character \(place + 1): \(reason.words)" }
}

extension ExpressionFlaw.Reason {
    /// What is wrong and what would be right.
    var words: String {
        switch self {
        case .tooLong(let limit): "an expression has at most \(limit) characters"
        case .unknownForm: "an expression begins with 'cron(', 'rate(' or 'at('"
        case .notForRules: "a rule knows 'cron(' and 'rate(' only; a schedule of EventBridge Scheduler knows 'at('"
        case .unclosed: "the expression ends with ')'"
        case .badCount: "a rate begins with a whole number from 1 to \(Rate.limit)"
        case .badUnit: "the unit of a rate is minute, minutes, hour, hours, day or days"
        case .unitNumber(let expected): "with this number the unit is '\(expected)'"
        case .badDate: "a date that exists is expected, as yyyy-mm-ddThh:mm:ss, with a year from 1970 to 2199"
        case .fieldCount(let count):
            "six fields are expected (minutes hours day-of-month month day-of-week year), not \(count)"
        case .badValue(let field): "\(field.words) are expected"
        case .outOfRange(let field): "\(field.words) are expected, not what is beyond"
        case .badStep(let field): "behind '/' a whole number from 1 to \(field.longestStep) is expected"
        case .backwards(let field): "a range of the \(field.name) goes forward"
        case .misplaced(let character, let field):
            "'\(character)' does not belong here in the \(field.name), or stands alone where it does"
        case .bothDays: "either the day of the month or the day of the week is '?'"
        case .noDays: "only one of the day of the month and the day of the week is '?'"
        }
    }
}
