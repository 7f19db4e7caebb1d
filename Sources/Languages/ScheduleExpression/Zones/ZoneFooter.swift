import Core

/// How a zone's clock is set each year from now on: the footer of a zone file, a `TZ` string of POSIX.
struct ZoneFooter: Hashable, Sendable {
    /// The day of a year, and the second of it on the clock as it is then, on which the clock is set.
    struct Moment: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `J60`: 1 to 365; the 29th of February is never counted.
            case withoutLeapDay(Int)
            /// `59`: 0 to 365.
            case ofYear(Int)
            /// `M3.2.0`: a month, the week in it (5 is the last), a weekday from Sunday on, which is 0.
            case weekday(Int, week: Int, month: Int)
        }

        let day: Day
        let second: Int64
    }

    /// The time in between two moments that is not standard time.
    struct Daylight: Hashable, Sendable {
        let offset: Int64
        let start: Moment
        let end: Moment
    }

    /// Seconds ahead of UTC.
    let standard: Int64
    let daylight: Daylight?

    /// All changes behind a second of UTC until the end of 2199, in order; at once the offset that holds from there.
    func changes(after time: Int64?) -> [ZoneRules.Change] {
        guard let daylight else { return [ZoneRules.Change(time: time ?? .min, offset: standard)] }
        var all: [ZoneRules.Change] = []
        for year in (TimeExpression.years.lowerBound - 1)...(TimeExpression.years.upperBound + 1) {
            let start = daylight.start.second(of: year) - standard
            let end = daylight.end.second(of: year) - daylight.offset
            let pair = [
                ZoneRules.Change(time: start, offset: daylight.offset), ZoneRules.Change(time: end, offset: standard),
            ]
            all += start <= end ? pair : pair.reversed()
        }
        // Where the ends of two neighbouring years cross, the file is odd, but no reason to stop.
        let sorted = all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
            \.element)
        guard let time else { return sorted }
        return sorted.filter { $0.time > time }
    }
}

extension ZoneFooter.Moment {
    /// Seconds from 1970 to the moment in a year, on the clock.
    func second(of year: Int) -> Int64 { Int64(dayCount(in: year)) * 86_400 + second }

    private func dayCount(in year: Int) -> Int {
        let first = Instant.days(year, 1, 1)
        switch day {
        case .withoutLeapDay(let number):
            let isLeap = Instant.days(year + 1, 1, 1) - first == 366
            return first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .ofYear(let number): return first + number
        case .weekday(let weekday, let week, let month):
            let days = MonthDays.nth(week, weekday: weekday + 1).mask(year, month)
            let last = MonthDays.lastOf(weekday: weekday + 1).mask(year, month)
            let isLast = week == 5 || days == 0
            return Instant.days(year, month, (isLast ? last : days).trailingZeroBitCount)
        }
    }
}
