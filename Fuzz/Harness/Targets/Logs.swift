import Core
import Storage

@testable import Platform

extension FuzzTarget {
    /// What logs are stored as, and what is looked for in them.
    static let logs = [batches, filterPatterns]

    private static let batches = FuzzTarget(
        "log-batches",
        seeds: [
            LogBatch([event("one"), event("")])?.plaintext ?? [], [1] + [UInt8](repeating: 0, count: 40),
            [UInt8](repeating: 0xFF, count: 40),
        ]
    ) { bytes in
        if let events = accepted({ try LogBatch.events(in: bytes) }), let batch = LogBatch(events) {
            require(accepted { try LogBatch.events(in: batch.plaintext) } == batch.events)
        }
        let entry = LogEntry(sequence: 0, at: Instant(milliseconds: 0), value: bytes)
        if let times = accepted({ try LogBatch.times(of: entry) }) { require(times.lowerBound <= times.upperBound) }
    }

    private static func event(_ text: String) -> LogEvent {
        LogEvent(time: Instant(milliseconds: 1), ingested: Instant(milliseconds: 2), message: Array(text.utf8))
    }

    /// A pattern on the first line, the message on the others.
    private static let filterPatterns = FuzzTarget(
        "filter-patterns",
        texts: [
            "ERROR -\"not this\" ?maybe\nERROR maybe",
            #"{ ($.a.b[0] = "x*y" || $.c >= 1.5e1) && $.d IS NULL }"#
                + "\n" + #"{"a":{"b":["xzy"]},"c":15,"d":null}"#,
            "{ $.a NOT EXISTS }\n{}", #"{ $["odd name"] != 3 }"# + "\n" + #"{"odd name":4}"#,
            #"%ERR(OR)?:\s+[0-9a-f]{2,8}$%"# + "\nERR: 0af9", "{ $.ip = %^10\\.\\d{1,3}% }\n{\"ip\":\"10.255\"}",
            "[ip, user, ..., status_code = 4*, bytes > 1000]\n10.0.0.1 me [1/2 x] \"GET /\" 404 1534",
            "[w1=%a|b%, w2!=\"x y\" && w2 != z || w2 = 7, *]\na 7 c", "[..., last]\na b",
        ]
    ) { bytes in
        let (pattern, message) = bytes.halves()
        guard let filter = accepted({ try FilterPattern(pattern.text) }) else { return }
        let matches = filter.matches(message)
        require(accepted { try FilterPattern(pattern.text) }?.matches(message) == matches)
    }
}
