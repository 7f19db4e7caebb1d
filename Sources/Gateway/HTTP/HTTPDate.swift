import Core
import Synchronization

/// The `Date` header of now, in the form of RFC 9110 section 5.6.7; made once a second.
enum HTTPDate {
    private static let last = Mutex((second: Int64(-1), text: ""))

    static var now: String {
        let second = Instant.now.milliseconds / 1000
        return last.withLock { last in
            if last.second != second { last = (second, text(second)) }
            return last.text
        }
    }

    static func text(_ second: Int64) -> String {
        let days = Int(second / 86_400)
        let inDay = Int(second) - days * 86_400
        let (year, month, day) = Instant.civil(days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(weekday), \(day < 10 ? "0" : "")\(day) \(name) \(year) \(time.joined(separator: ":")) GMT"
    }
}
