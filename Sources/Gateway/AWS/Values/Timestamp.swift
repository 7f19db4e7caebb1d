/// The texts in which the protocols write a point in time.
enum TimestampFormat: String, Sendable {
    case iso8601
    case unixTimestamp
    case rfc822
}

/// Points in time as seconds since 1970 to and from text, by the proleptic Gregorian calendar in UTC.
enum Timestamp {
    /// Years 1 to 9999, which is what the text forms can say.
    private static let range = -62_135_596_800.0..<253_402_300_800.0

    /// The text of `seconds`; times that the form cannot say become the nearest it can.
    static func text(_ seconds: Double, as format: TimestampFormat) -> String {
        let seconds = seconds.isNaN ? 0 : min(max(seconds, range.lowerBound), range.upperBound - 1)
        let total = Int64((seconds * 1000).rounded())
        let (milliseconds, whole) = (Int(total.modulo(1000)), total.floorDivided(by: 1000))
        switch format {
        case .unixTimestamp: return "\(whole)"
        case .iso8601:
            let (year, month, day, clock) = fields(whole)
            let fraction = milliseconds == 0 ? "" : "." + padded(milliseconds, 3)
            return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)\(fraction)Z"
        case .rfc822:
            let (year, month, day, clock) = fields(whole)
            let weekday = weekdays[Int((whole.floorDivided(by: 86400) + 4).modulo(7))]
            return "\(weekday), \(padded(day, 2)) \(months[month - 1]) \(padded(year, 4)) \(clock) GMT"
        }
    }

    /// Reads any of the three forms, whichever the model asked for; `nil` for anything else.
    static func parse(_ text: String) -> Double? {
        if let seconds = Double(text) { return range.contains(seconds) ? seconds : nil }
        return text.contains(",") ? parseRFC822(text) : parseISO8601(text)
    }

    private static func parseISO8601(_ text: String) -> Double? {
        let halves = text.split(whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").compactMap(number)
        var (clock, offset) = (halves[1], 0)
        if clock.last == "Z" || clock.last == "z" {
            clock.removeLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[clock.index(after: sign)...].split(separator: ":").compactMap(number)
            guard zone.count == 2, zone[0] < 24, zone[1] < 60 else { return nil }
            offset = (zone[0] * 3600 + zone[1] * 60) * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        guard date.count == 3, let time = seconds(clock) else { return nil }
        return seconds(year: date[0], month: date[1], day: date[2], time: time - Double(offset))
    }

    private static func parseRFC822(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let day = number(parts[1]), let month = months.firstIndex(of: String(parts[2])),
            let year = number(parts[3]), let time = seconds(parts[4]), parts[5] == "GMT" || parts[5] == "UTC"
        else { return nil }
        return seconds(year: year, month: month + 1, day: day, time: time)
    }

    private static func seconds(_ clock: Substring) -> Double? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0]), let minute = number(parts[1]), hour < 24, minute < 60,
            parts[2].first?.isNumber == true, let second = Double(parts[2]), second < 61
        else { return nil }
        return Double(hour * 3600 + minute * 60) + second
    }

    private static func seconds(year: Int, month: Int, day: Int, time: Double) -> Double? {
        guard 1...9999 ~= year, 1...12 ~= month, 1...31 ~= day else { return nil }
        return Double(days(year: year, month: month, day: day) * 86400) + time
    }

    /// Days since 1970-01-01, counting years from March so that the leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func fields(_ seconds: Int64) -> (year: Int, month: Int, day: Int, clock: String) {
        let shifted = seconds.floorDivided(by: 86400) + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        let second = Int(seconds.modulo(86400))
        let clock = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return (year, month, Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1), clock)
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.count <= 4 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int(text) : nil
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 { (self - modulo(divisor)) / divisor }

    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
