import Core

/// One log: the specification.
struct LogModel {
    private(set) var entries: [LogEntry] = []
    private(set) var first: Int64 = 0
    private(set) var end: Int64 = 0

    /// Appends entries, if the next sequence is the expected one; gives their sequences.
    mutating func append(_ values: [[UInt8]], expectNext: Int64?, at now: Instant) -> Range<Int64>? {
        guard expectNext == nil || expectNext == end else { return nil }
        let start = end
        for value in values {
            entries.append(LogEntry(sequence: end, at: now, value: value))
            end += 1
        }
        return start..<end
    }

    /// Forgets the entries below a sequence.
    mutating func trim(before: Int64) {
        first = min(end, max(first, before))
        entries.removeAll { $0.sequence < first }
    }

    /// A part of the log.
    func slice(from: Int64, limit: Int, maxBytes: Int) -> LogSlice {
        var slice = LogSlice(entries: [], first: first, end: end)
        var bytes = 0
        for entry in entries where entry.sequence >= from {
            bytes += entry.value.count
            if slice.entries.count >= limit || (bytes > maxBytes && !slice.entries.isEmpty) { break }
            slice.entries.append(entry)
        }
        return slice
    }
}
