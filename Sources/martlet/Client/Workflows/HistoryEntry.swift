import Core

/// One event of a history, as the API has it.
struct HistoryEntry {
    let id: Int64
    let previous: Int64
    let time: Instant
    let type: String
    /// What the event tells besides; an empty object where it is nothing.
    let details: JSON

    /// Takes an event; `nil` where it is none.
    init?(_ event: JSON) {
        guard let id = event["id"]?.integer, let type = event["type"]?.string else { return nil }
        self.id = id
        self.type = type
        previous = event["previousEventId"]?.integer ?? 0
        time = Self.instant(event["timestamp"]) ?? Instant(milliseconds: 0)
        details = event.object?.members.first { $0.key.hasSuffix("EventDetails") }?.value ?? [:]
    }

    /// A time as the API has it: seconds since 1970, with a fraction.
    static func instant(_ value: JSON?) -> Instant? {
        guard let seconds = value?.double, abs(seconds) < 1e11 else { return nil }
        return Instant(milliseconds: Int64((seconds * 1000).rounded()))
    }

    /// Whether the execution is over with this event.
    var isEnd: Bool {
        ["ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"].contains(type)
    }

    /// Whether something failed here that may be tried again or caught.
    var isFailure: Bool {
        guard !isEnd, !type.hasPrefix("MapIteration") else { return false }
        return type.hasSuffix("Failed") || type.hasSuffix("TimedOut")
    }

    /// Whether it says that what runs inside of a state has failed, which another event said before.
    var isOfContainer: Bool {
        ["ParallelStateFailed", "MapStateFailed", "MapIterationFailed", "MapRunFailed"].contains(type)
    }

    /// The error and the cause that it names.
    var error: String? { details["error"]?.string }
    var cause: String? { details["cause"]?.string }

    /// The event as one line: columns for people, tabs for pipes.
    func line(state: String?, interactive: Bool) -> String {
        let said = [error, cause].compactMap { $0 }.joined(separator: ": ")
        let data = details["input"]?.string ?? details["output"]?.string ?? details["parameters"]?.string ?? ""
        var columns = [time.iso8601, "\(id)", type, state ?? "-", said.isEmpty ? data : said]
        columns = columns.map {
            Terminal.harmless($0.split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " "))
        }
        guard interactive else { return columns.joined(separator: "\t") }
        for (place, width) in [24, 5, 26, 28].enumerated() {
            columns[place] += String(repeating: " ", count: max(0, width - columns[place].count))
        }
        if columns[4].count > 160 { columns[4] = columns[4].prefix(159) + "…" }
        return String(columns.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
}
