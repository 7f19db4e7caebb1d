import Core

/// Which days of a month are meant; weekdays are counted from Sunday, which is 1.
enum MonthDays: Hashable, Sendable {
    /// Bits 1 to 31.
    case days(UInt64)
    /// `L`, `L-3`, `LW`: so many days before the last, or the nearest weekday to it.
    case last(before: Int, nearestWeekday: Bool)
    /// `15W`: the nearest day from Monday to Friday, in the same month.
    case nearestWeekday(Int)
    /// Bits 1 to 7.
    case weekdays(UInt64)
    /// `6#3`: the third Friday.
    case nth(Int, weekday: Int)
    /// `6L`: the last Friday.
    case lastOf(weekday: Int)

    /// The days of a month as bits 1 to 31; none where the month has no such day.
    func mask(_ year: Int, _ month: Int) -> UInt64 {
        let start = Instant.days(year, month, 1)
        let next = month == 12 ? Instant.days(year + 1, 1, 1) : Instant.days(year, month + 1, 1)
        let length = next - start
        // 1970 began on a Thursday.
        let weekday = ((start + 4) % 7 + 7) % 7 + 1
        let valid: UInt64 = (2 << UInt64(length)) - 2
        switch self {
        case .days(let days): return days & valid
        case .last(let before, let isNear):
            let day = length - before
            guard day >= 1 else { return 0 }
            return 1 << UInt64(isNear ? Self.nearest(day, length, weekday) : day)
        case .nearestWeekday(let day):
            return day > length ? 0 : 1 << UInt64(Self.nearest(day, length, weekday))
        case .weekdays(let days):
            return (1...7).filter { days & 1 << UInt64($0) != 0 }.reduce(0) { $0 | Self.all($1, weekday) } & valid
        case .nth(let count, let day):
            let wanted = Self.first(day, weekday) + (count - 1) * 7
            return wanted > length ? 0 : 1 << UInt64(wanted)
        case .lastOf(let day):
            let first = Self.first(day, weekday)
            return 1 << UInt64(first + (length - first) / 7 * 7)
        }
    }

    /// The first day of the month that is this weekday.
    private static func first(_ weekday: Int, _ ofFirst: Int) -> Int { 1 + (weekday - ofFirst + 7) % 7 }

    /// All days of the month, and perhaps some beyond it, that are this weekday.
    private static func all(_ weekday: Int, _ ofFirst: Int) -> UInt64 { 0x1020_4081 << UInt64(first(weekday, ofFirst)) }

    private static func nearest(_ day: Int, _ length: Int, _ ofFirst: Int) -> Int {
        switch (ofFirst + day - 2) % 7 + 1 {
        case 1: day == length ? day - 2 : day + 1
        case 7: day == 1 ? day + 2 : day - 1
        default: day
        }
    }
}
