import Core

/// A time taken apart, in the Gregorian calendar and by ISO weeks.
struct CalendarDate {
    private let day: Int
    private let year: Int
    private let month: Int
    private let dayOfMonth: Int
    private let millisecondOfDay: Int

    static let dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    /// How far from 1970 a time can be, in milliseconds (ECMAScript, section 21.4.1.1).
    static let furthest = 8.64e15
    private static let millisecondsOfDay = 86_400_000

    /// Takes milliseconds since 1970.
    init?(milliseconds: Double) {
        guard milliseconds.magnitude <= Self.furthest else { return nil }
        let whole = Int(milliseconds.rounded(.down))
        day = Int((Double(whole) / Double(Self.millisecondsOfDay)).rounded(.down))
        millisecondOfDay = whole - day * Self.millisecondsOfDay
        (year, month, dayOfMonth) = Instant.civil(day)
    }

    /// The milliseconds of a time; months and days beyond their range go on into the next ones.
    static func milliseconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, millisecond: Int
    ) -> Double {
        let months = month - 1
        let years = months >= 0 ? months / 12 : (months - 11) / 12
        let days = Instant.days(year + years, months - 12 * years + 1, 1) + day - 1
        let time = Double(hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond)
        return Double(days) * Double(millisecondsOfDay) + time
    }

    /// The number that a component of a picture shows.
    func number(_ component: Character) -> Int {
        switch component {
        case "Y": year
        case "M": month
        case "D": dayOfMonth
        case "d": day - Instant.days(year, 1, 1) + 1
        case "F": Self.weekday(day)
        case "W": (day - Self.monday(ofWeek1: weekYear, 1)) / 7 + 1
        case "w": (day - Self.monday(ofWeek1: weekMonth.year, weekMonth.month)) / 7 + 1
        case "X": weekYear
        case "x": weekMonth.month
        case "H": hour
        case "h": (hour + 11) % 12 + 1
        case "m": millisecondOfDay / 60_000 % 60
        case "s": millisecondOfDay / 1000 % 60
        case "f": millisecondOfDay % 1000
        default: 0
        }
    }

    var hour: Int { millisecondOfDay / 3_600_000 }

    /// From 1 for Monday; 1970 began on a Thursday.
    private static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 + 1 }

    /// The Monday of the week that holds the first Thursday of a month, or of a year.
    private static func monday(ofWeek1 year: Int, _ month: Int) -> Int {
        let first = Instant.days(year, month, 1)
        let weekday = weekday(first)
        return weekday > 4 ? first + 8 - weekday : first - weekday + 1
    }

    private var weekYear: Int {
        if day < Self.monday(ofWeek1: year, 1) { return year - 1 }
        return day >= Self.monday(ofWeek1: year + 1, 1) ? year + 1 : year
    }

    private var weekMonth: (year: Int, month: Int) {
        if day < Self.monday(ofWeek1: year, month) { return month == 1 ? (year - 1, 12) : (year, month - 1) }
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        return day >= Self.monday(ofWeek1: next.0, next.1) ? next : (year, month)
    }
}
