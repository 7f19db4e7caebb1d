import Core
import Gateway

/// Which events of a log were printed already, so that each is printed once although pages overlap.
struct LogFeed {
    /// Where to ask from: a little before the newest event, because others of that time may still come.
    private(set) var start: Instant
    private var seen: [String: Int64] = [:]

    /// How long after its time an event may come in.
    private static let lateness: Int64 = 5000

    /// Begins at a time.
    init(since: Instant) { start = since }

    /// The line of an event; `nil` if it was taken before or is none.
    mutating func take(_ event: JSON) -> String? {
        guard let id = event["eventId"]?.string, let time = event["timestamp"]?.integer,
            let message = event["message"]?.string, seen[id] == nil
        else { return nil }
        seen[id] = time
        let begin = time - Self.lateness
        if begin > start.milliseconds {
            start = Instant(milliseconds: begin)
            if seen.count > 10_000 { seen = seen.filter { $0.value >= begin } }
        }
        return "\(Self.text(time)) \(Terminal.harmless(message.drop(suffix: "\n")))"
    }

    /// A time as `2026-11-20T10:11:12.123Z`.
    private static func text(_ milliseconds: Int64) -> String {
        let basic = Array(Instant(milliseconds: milliseconds).basicText)
        let (date, clock) = (basic[0..<8], basic[9..<15])
        func pair(_ digits: ArraySlice<Character>, _ start: Int) -> String { String(digits[start..<start + 2]) }
        let fraction = String(milliseconds % 1000 + 1000).dropFirst()
        return "\(pair(date, 0))\(pair(date, 2))-\(pair(date, 4))-\(pair(date, 6))T"
            + "\(pair(clock, 9)):\(pair(clock, 11)):\(pair(clock, 13)).\(fraction)Z"
    }
}

extension String {
    /// The text without one ending.
    fileprivate func drop(suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self[...] }
}
