/// One of the six fields of a cron expression.
package enum CronField: Int, CaseIterable, Sendable {
    case minutes, hours, dayOfMonth, month, dayOfWeek, year

    /// What the field may say in numbers.
    var range: ClosedRange<Int> {
        switch self {
        case .minutes: 0...59
        case .hours: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 1...7
        case .year: TimeExpression.years
        }
    }

    /// The names of the values, from the least on; empty where there are numbers only.
    var names: [String] {
        switch self {
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        default: []
        }
    }

    /// The most that may stand behind `/`.
    var longestStep: Int {
        switch self {
        case .minutes, .hours: range.upperBound
        default: range.count
        }
    }

    /// The field's name as AWS documents it.
    var name: String {
        switch self {
        case .minutes: "minutes"
        case .hours: "hours"
        case .dayOfMonth: "day-of-month"
        case .month: "month"
        case .dayOfWeek: "day-of-week"
        case .year: "year"
        }
    }

    /// What the field may say, in words.
    var words: String {
        let names = names
        let numbers = "the \(name) from \(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or \(first) to \(last)"
    }
}
