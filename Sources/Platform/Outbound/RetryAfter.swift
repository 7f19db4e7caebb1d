import Core

/// For how long an endpoint asks to be left alone.
///
/// Source: RFC 9110, section 10.2.3: seconds, or a date in one of the three forms of section 5.6.7.
enum RetryAfter {
    private static let longest: Int64 = 86_400_000
    /// More than any form is long.
    private static let lengthLimit = 64
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The wait that a header asks for; `nil` where it asks for none, for more than a day, or cannot be read.
    static func wait(_ text: String?, from now: Instant) -> Duration? {
        guard let text, text.utf8.count <= lengthLimit else { return nil }
        let wait: Int64
        if let seconds = number(text[...], digits: 1...9) {
            wait = Int64(seconds) * 1000
        } else if let date = date(text, now: now) {
            wait = date.milliseconds - now.milliseconds
        } else {
            return nil
        }
        return (1...longest).contains(wait) ? .milliseconds(wait) : nil
    }

    /// The name of the day is not compared with the date.
    private static func date(_ text: String, now: Instant) -> Instant? {
        let words = text.split(separator: " ")
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where words[5] == "GMT":
            return instant(number(words[3], digits: 4...4), words[2], number(words[1], digits: 2...2), words[4])
        // Sun Nov  6 08:49:37 1994
        case 5: return instant(number(words[4], digits: 4...4), words[1], number(words[2], digits: 1...2), words[3])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where words[3] == "GMT":
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, let inCentury = number(parts[2], digits: 2...2) else { return nil }
            let year = fullYear(inCentury, now: now)
            return instant(year, parts[1], number(parts[0], digits: 2...2), words[2])
        default: return nil
        }
    }

    /// What would be more than fifty years ahead lies in the past.
    private static func fullYear(_ inCentury: Int, now: Instant) -> Int {
        let this = Instant.civil(Int(now.milliseconds / 86_400_000)).year
        let year = this / 100 * 100 + inCentury
        return year > this + 50 ? year - 100 : year
    }

    private static func instant(_ year: Int?, _ month: Substring, _ day: Int?, _ time: Substring) -> Instant? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2...2) }
        guard let year, let month = months.firstIndex(of: String(month)), let day, (1...31).contains(day),
            parts.count == 3, let hour = parts[0], hour < 24, let minute = parts[1], minute < 60,
            // 60 is a leap second.
            let second = parts[2], second <= 60
        else { return nil }
        let seconds = Instant.days(year, month + 1, day) * 86_400 + hour * 3600 + minute * 60 + second
        return Instant(milliseconds: Int64(seconds) * 1000)
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
