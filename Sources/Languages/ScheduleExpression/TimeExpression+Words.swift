extension TimeExpression {
    /// The expression as a sentence without an end, such as `at 10:15 on the last Friday of the month`.
    package var words: String {
        switch form {
        case .once(let local): "once, at \(local)"
        case .rate(let rate) where rate.count == 1: "every \(rate.unit)"
        case .rate(let rate): "every \(rate.count) \(rate.unit)s"
        case .cron(let cron): cron.words
        }
    }
}

extension Cron {
    /// The calendar in words: times, days, months, years.
    var words: String {
        var parts = [times, days.words]
        if months.nonzeroBitCount < 12 {
            parts.append("in " + Words.runs(Words.members(months)) { Self.months[$0 - 1] })
        }
        if !years.isFull { parts.append("in " + Words.runs(years.years) { "\($0)" }) }
        return parts.joined(separator: " ")
    }

    private var times: String {
        let (minutes, hours) = (Words.members(minutes), Words.members(hours))
        if minutes.count * hours.count <= 6 {
            let times = hours.flatMap { hour in minutes.map { Self.time(hour, $0) } }
            return "at " + Words.list(times)
        }
        let often =
            switch minutes.count {
            case 60: "every minute"
            case 1: "\(minutes[0]) minutes past the hour"
            default: Self.step(minutes).map { "every \($0) minutes" } ?? "at minutes " + Words.runs(minutes) { "\($0)" }
            }
        return hours.count == 24 ? often : often + " of the hours " + Words.runs(hours) { "\($0)" }
    }

    /// The distance of minutes that fill the hour evenly from its beginning.
    private static func step(_ minutes: [Int]) -> Int? {
        let step = 60 / minutes.count
        let isEven = minutes.enumerated().allSatisfy { $0.element == $0.offset * step }
        return isEven && step * minutes.count == 60 ? step : nil
    }

    private static func time(_ hour: Int, _ minute: Int) -> String {
        [hour, minute].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension MonthDays {
    /// The days in words.
    var words: String {
        switch self {
        case .days(let days) where days.nonzeroBitCount == 31, .weekdays(let days) where days.nonzeroBitCount == 7:
            "every day"
        case .days(let days): "on day " + Words.runs(Words.members(days)) { "\($0)" } + " of the month"
        case .weekdays(let days): "on " + Words.runs(Words.members(days), Self.name)
        case .last(let before, let isNear):
            (isNear ? "on the weekday nearest to " : "on ") + (before == 0 ? "" : "\(Self.days(before)) before ")
                + "the last day of the month"
        case .nearestWeekday(let day): "on the weekday nearest to the \(Words.ordinal(day)) of the month"
        case .nth(let count, let weekday): "on the \(Words.ordinal(count)) \(Self.name(weekday)) of the month"
        case .lastOf(let weekday): "on the last \(Self.name(weekday)) of the month"
        }
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }

    private static func name(_ weekday: Int) -> String {
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][weekday - 1]
    }
}
