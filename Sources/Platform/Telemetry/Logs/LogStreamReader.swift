import Core
import Storage
import Vault

/// Reads the sealed batches of one stream.
struct LogStreamReader: Sendable {
    /// One answer opens no more bytes than this, so that a search that finds nothing ends too.
    static let workLimit = 64 << 20

    private let store: any Store
    private let key: SealingKey
    let id: LogStreamID
    let stream: LogStream

    init(_ logs: Logs, _ id: LogStreamID, _ stream: LogStream) async throws {
        store = logs.store
        key = try await logs.keys.existingKey(for: id.group.resource, in: id.group.account)
        self.id = id
        self.stream = stream
    }

    /// Stored entries from a place on.
    func entries(from place: Int64, limit: Int, maxBytes: Int = 4 << 20) async throws -> LogSlice {
        try await store.read(id.group.partition, id.log, from: place, limit: limit, maxBytes: maxBytes)
    }

    /// The events of an entry.
    func events(of entry: LogEntry) throws -> [FoundLogEvent] {
        try LogBatch.open(entry, key, id, stream).enumerated().map { index, event in
            FoundLogEvent(
                stream: id.name, position: LogPosition(batch: entry.sequence, index: index), event: event)
        }
    }

    /// Events of some time from a position on, and where to go on.
    func forward(
        from start: LogPosition, times: ClosedRange<Instant>, into page: inout LogPage
    ) async throws -> LogPosition {
        var next = start
        while true {
            let slice = try await entries(from: next.batch, limit: 16)
            if slice.entries.isEmpty { return next }
            for entry in slice.entries {
                let span = try LogBatch.times(of: entry)
                if span.overlaps(times) {
                    page.work += entry.value.count
                    for found in try events(of: entry)
                    where found.position >= next && times.contains(found.event.time) {
                        guard page.add(found) else { return found.position }
                    }
                } else if stream.isOrdered, span.lowerBound > times.upperBound {
                    return next
                }
                next = LogPosition(batch: entry.sequence + 1, index: 0)
                if page.work > Self.workLimit { return next }
            }
        }
    }

    /// Events of some time before a position, the last one first, and where to go on.
    func backward(
        before start: LogPosition, times: ClosedRange<Instant>, into page: inout LogPage
    ) async throws -> LogPosition {
        var end = start
        while true {
            let high = end.index > 0 ? end.batch + 1 : end.batch
            let entries = try await entries(below: high)
            if entries.isEmpty { return end }
            for entry in entries.reversed() {
                let span = try LogBatch.times(of: entry)
                if span.overlaps(times) {
                    page.work += entry.value.count
                    for found in try events(of: entry).reversed()
                    where found.position < end && times.contains(found.event.time) {
                        guard page.add(found) else { return end }
                        end = found.position
                    }
                } else if stream.isOrdered, span.upperBound < times.lowerBound {
                    return end
                }
                end = LogPosition(batch: entry.sequence, index: 0)
                if page.work > Self.workLimit { return end }
            }
        }
    }

    /// The last few entries below a place; none at the beginning of the log.
    private func entries(below high: Int64) async throws -> [LogEntry] {
        let low = max(0, high - 8)
        var found: [LogEntry] = []
        var next = low
        while next < high {
            let slice = try await entries(from: next, limit: Int(high - next))
            found += slice.entries.filter { $0.sequence < high }
            guard let last = slice.entries.last else { break }
            next = last.sequence + 1
        }
        return found
    }

    /// The first place whose batch does not end before `time`, found by halving where the stream is in order.
    func place(of time: Instant) async throws -> Int64 {
        guard stream.isOrdered else { return 0 }
        var low = try await entries(from: 0, limit: 1, maxBytes: 1).first
        var high = stream.next
        while low < high {
            let middle = low + (high - low) / 2
            guard let entry = try await entries(from: middle, limit: 1, maxBytes: 1).entries.first else { return low }
            if try LogBatch.times(of: entry).upperBound < time { low = entry.sequence + 1 } else { high = middle }
        }
        return low
    }
}

/// What an answer holds so far.
struct LogPage: Sendable {
    /// The most bytes of messages in one answer, as AWS has it.
    static let sizeLimit = 1_048_576

    let limit: Int
    private(set) var events: [FoundLogEvent] = []
    private(set) var size = 0
    /// How many sealed bytes were opened.
    var work = 0

    init(limit: Int) { self.limit = limit }

    /// Takes an event if there is room; one always fits.
    mutating func add(_ found: FoundLogEvent) -> Bool {
        let cost = found.event.message.count + 26
        guard events.isEmpty || events.count < limit && size + cost <= Self.sizeLimit else { return false }
        events.append(found)
        size += cost
        return true
    }
}
