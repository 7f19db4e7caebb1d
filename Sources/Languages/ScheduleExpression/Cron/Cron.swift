import Core

/// A calendar of minutes: which minutes of which hours, days, months and years.
package struct Cron: Hashable, Sendable {
    /// Bits 0 to 59; never empty, as are the other sets.
    let minutes: UInt64
    /// Bits 0 to 23.
    let hours: UInt64
    let days: MonthDays
    /// Bits 1 to 12.
    let months: UInt64
    let years: YearSet

    /// The first time of the calendar behind another; `nil` if none comes until the end of 2199.
    ///
    /// It goes from field to field, never from minute to minute: at worst one look at each month of 230 years.
    func next(after local: LocalTime) -> LocalTime? {
        let start = max(0, local.minutes + 1)
        let date = Instant.civil(start / 1440)
        guard date.year <= TimeExpression.years.upperBound else { return nil }
        if years.first(from: date.year) == date.year, months & 1 << UInt64(date.month) != 0,
            days.mask(date.year, date.month) & 1 << UInt64(date.day) != 0, let minute = minute(from: start % 1440)
        {
            return LocalTime(day: start / 1440, second: minute * 60)
        }
        guard let day = day(after: date), let minute = minute(from: 0) else { return nil }
        return LocalTime(day: day, second: minute * 60)
    }

    /// The first minute of a day, from one on.
    private func minute(from start: Int) -> Int? {
        let hour = start / 60
        if hours & 1 << UInt64(hour) != 0, let minute = Self.first(minutes, from: start % 60) {
            return hour * 60 + minute
        }
        guard let later = Self.first(hours, from: hour + 1) else { return nil }
        return Self.first(minutes, from: 0).map { later * 60 + $0 }
    }

    /// The first day behind a date, counted from 1970.
    private func day(after date: (year: Int, month: Int, day: Int)) -> Int? {
        var from = date
        while let year = years.first(from: from.year) {
            if year > from.year { from = (year, 1, 0) }
            var month = Self.first(months, from: from.month)
            while let candidate = month {
                let behind = candidate == from.month ? from.day + 1 : 1
                if let day = Self.first(days.mask(year, candidate), from: behind) {
                    return Instant.days(year, candidate, day)
                }
                month = Self.first(months, from: candidate + 1)
            }
            from = (year + 1, 1, 0)
        }
        return nil
    }

    private static func first(_ bits: UInt64, from place: Int) -> Int? {
        let rest = bits & (~0 << UInt64(place))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}
