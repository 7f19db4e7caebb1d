/// Dates as ISO 8601 has them, from the year alone to milliseconds with a time zone.
enum StandardDate {
    /// The milliseconds of a text; `nil` where it is none.
    ///
    /// A time without a zone is in UTC.
    static func milliseconds(_ text: String) -> Double? {
        var rest = Array(text.utf8)[...]
        guard let year = take(4, &rest) else { return nil }
        var (month, day, time, fraction) = (1, 1, (0, 0, 0), 0)
        if take("-", &rest) {
            guard let number = take(2, &rest), 1...12 ~= number else { return nil }
            month = number
            if take("-", &rest) {
                guard let number = take(2, &rest), 1...31 ~= number else { return nil }
                day = number
            }
        }
        if take("T", &rest) {
            guard let hour = take(2, &rest), take(":", &rest), let minute = take(2, &rest), take(":", &rest),
                let second = take(2, &rest), hour <= 24, minute < 60, second < 60
            else { return nil }
            time = (hour, minute, second)
            if take(".", &rest) {
                let digits = rest.prefix { $0 &- 0x30 < 10 }
                guard !digits.isEmpty else { return nil }
                rest = rest[digits.endIndex...]
                fraction = (Array(digits) + [0x30, 0x30]).prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
            }
        }
        guard let offset = zone(&rest), rest.isEmpty else { return nil }
        let milliseconds = CalendarDate.milliseconds(
            year: year, month: month, day: day, hour: time.0, minute: time.1, second: time.2, millisecond: fraction)
        return milliseconds - Double(offset) * 60_000
    }

    private static func zone(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if rest.isEmpty || take("Z", &rest) { return 0 }
        let sign = take("-", &rest) ? -1 : take("+", &rest) ? 1 : 0
        guard sign != 0, let hours = take(2, &rest) else { return nil }
        _ = take(":", &rest)
        guard let minutes = take(2, &rest), minutes < 60 else { return nil }
        return sign * (60 * hours + minutes)
    }

    private static func take(_ mark: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, UInt32(first) == mark.value else { return false }
        rest.removeFirst()
        return true
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}
