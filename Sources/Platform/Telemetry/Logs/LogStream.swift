import Core
import FoundationEssentials
import Storage

/// What is known about a log stream.
package struct LogStream: Hashable, Sendable {
    static let kind = "log-stream"

    package let name: LogStreamName
    package let created: Instant
    /// The time of the first event still kept, and of the last.
    package internal(set) var first: Instant?
    package internal(set) var last: Instant?
    package internal(set) var ingested: Instant?
    /// Where in the store's log the next batch goes.
    var next: Int64 = 0
    /// Whether no batch begins before the one before it ended, so that a time can be searched for by halving.
    var isOrdered = true
    /// Whether the platform made it for a sandbox; it goes with its last event.
    let isAutomatic: Bool

    init(name: LogStreamName, created: Instant, isAutomatic: Bool) {
        self.name = name
        self.created = created
        self.isAutomatic = isAutomatic
    }

    /// Notes that a batch was appended.
    mutating func append(_ batch: LogBatch, at now: Instant) {
        if let last, batch.first < last { isOrdered = false }
        first = min(first ?? batch.first, batch.first)
        last = max(last ?? batch.last, batch.last)
        ingested = now
        next += 1
    }
}

extension LogStream {
    private struct Stored: Codable {
        let created: Int64
        let first: Int64?
        let last: Int64?
        let ingested: Int64?
        let next: Int64
        let ordered: Bool
        let automatic: Bool
    }

    /// Streams are found by their last event in this index, the newest first.
    static let newestIndex = "newest"

    init?(_ record: Record) {
        // A record that is not ours to read is as good as none.
        guard let colon = record.key.id.utf8.firstIndex(of: UInt8(ascii: ":")),
            let name = try? LogStreamName(String(record.key.id[record.key.id.utf8.index(after: colon)...])),
            let stored = try? JSONDecoder().decode(Stored.self, from: Data(record.value))
        else { return nil }
        self.init(
            name: name, created: Instant(milliseconds: stored.created), isAutomatic: stored.automatic)
        first = stored.first.map(Instant.init(milliseconds:))
        last = stored.last.map(Instant.init(milliseconds:))
        ingested = stored.ingested.map(Instant.init(milliseconds:))
        next = stored.next
        isOrdered = stored.ordered
    }

    func write(to id: LogStreamID, expect: Expect) throws -> WriteOperation {
        let stored = Stored(
            created: created.milliseconds, first: first?.milliseconds, last: last?.milliseconds,
            ingested: ingested?.milliseconds, next: next, ordered: isOrdered, automatic: isAutomatic)
        let value = Self.newestPrefix(of: id.group) + Self.countdown(last ?? Instant(milliseconds: 0))
        return .put(
            id.record, value: [UInt8](try JSONEncoder().encode(stored)),
            index: [IndexValue(name: Self.newestIndex, value: value)], expect: expect)
    }

    static func newestPrefix(of group: LogGroupID) -> String { "\(group.name):" }

    /// The streams whose last event is not before `time`.
    static func query(of group: LogGroupID, lastAtLeast time: Instant) -> RecordQuery {
        let below = newestPrefix(of: group) + countdown(time.advanced(milliseconds: -1))
        return .index(
            kind: kind, name: newestIndex, match: .range(from: newestPrefix(of: group), below: below))
    }

    private static let latest: Int64 = 9_000_000_000_000_000

    /// Digits that are the smaller the later the time is.
    private static func countdown(_ time: Instant) -> String {
        let digits = String(latest - min(max(-1, time.milliseconds), latest - 1))
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }
}
