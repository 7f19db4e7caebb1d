import Core
import Storage
import Vault

/// Some events of one stream, in order of time: what is sealed together and stored as one entry.
///
/// In the clear stand only the version, the first and the last time and the count, so that batches out of a wanted
/// time are passed over unopened; the envelope binds them.
struct LogBatch: Sendable {
    private static let version: UInt8 = 1
    private static let headerSize = 21
    /// How many bytes of messages a batch should hold at most.
    static let sizeGoal = 524_288

    let events: [LogEvent]
    let first: Instant
    let last: Instant

    /// Sorts the events; `nil` if there are none.
    init?(_ events: [LogEvent]) {
        // The sort is stable: events of one time keep their order.
        self.events = events.sorted { $0.time < $1.time }
        guard let first = self.events.first, let last = self.events.last else { return nil }
        self.first = first.time
        self.last = last.time
    }

    /// Cuts many events into batches of good size.
    static func cut(_ events: [LogEvent]) -> [LogBatch] {
        var batches: [LogBatch] = []
        var current: [LogEvent] = []
        var size = 0
        for event in events {
            if size + event.message.count > sizeGoal, let batch = LogBatch(current) {
                batches.append(batch)
                current = []
                size = 0
            }
            current.append(event)
            size += event.message.count
        }
        if let batch = LogBatch(current) { batches.append(batch) }
        return batches
    }

    /// Seals the batch for its place.
    func sealed(_ key: SealingKey, for id: LogStreamID, of stream: LogStream, at place: Int64) -> [UInt8] {
        var header = [Self.version]
        header.appendBigEndian(first.milliseconds)
        header.appendBigEndian(last.milliseconds)
        header.appendBigEndian(Int32(events.count))
        let binding = Self.binding(header[...], id, stream, place)
        return header + key.seal(plaintext, binding: binding)
    }

    /// The events as they are sealed.
    var plaintext: [UInt8] {
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(events.reduce(0) { $0 + 20 + $1.message.count })
        for event in events {
            plaintext.appendBigEndian(event.time.milliseconds)
            plaintext.appendBigEndian(event.ingested.milliseconds)
            plaintext.appendBigEndian(Int32(event.message.count))
            plaintext.append(contentsOf: event.message)
        }
        return plaintext
    }

    /// The first and the last time of a stored entry, without opening it.
    static func times(of entry: LogEntry) throws(LogsError) -> ClosedRange<Instant> {
        let bytes = entry.value
        guard bytes.count > headerSize, bytes[0] == version else { throw .damaged }
        let first = Instant(milliseconds: bytes.bigEndian(at: 1))
        let last = Instant(milliseconds: bytes.bigEndian(at: 9))
        guard first <= last else { throw .damaged }
        return first...last
    }

    /// Opens a stored entry.
    static func open(
        _ entry: LogEntry, _ key: SealingKey, _ id: LogStreamID, _ stream: LogStream
    ) throws -> [LogEvent] {
        _ = try times(of: entry)
        let binding = binding(entry.value.prefix(headerSize), id, stream, entry.sequence)
        return try events(in: try key.open(Array(entry.value.dropFirst(headerSize)), binding: binding))
    }

    /// Reads the events of an opened entry.
    static func events(in bytes: [UInt8]) throws(LogsError) -> [LogEvent] {
        var events: [LogEvent] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 20 <= bytes.count else { throw LogsError.damaged }
            let size: Int32 = bytes.bigEndian(at: offset + 16)
            let end = offset + 20 + Int(size)
            guard size >= 0, end <= bytes.count else { throw LogsError.damaged }
            events.append(
                LogEvent(
                    time: Instant(milliseconds: bytes.bigEndian(at: offset)),
                    ingested: Instant(milliseconds: bytes.bigEndian(at: offset + 8)),
                    message: Array(bytes[offset + 20..<end])))
            offset = end
        }
        return events
    }

    /// An entry opens only in its own place of its own stream; one made anew under the same name is another stream.
    private static func binding(
        _ header: ArraySlice<UInt8>, _ id: LogStreamID, _ stream: LogStream, _ place: Int64
    ) -> Binding {
        let use = "log/\(id.name)/\(stream.created.milliseconds)/\(place)/\(Hex.text(of: header))"
        return Binding(account: id.group.account, resource: id.group.resource, use: use)
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    fileprivate func bigEndian<Value: FixedWidthInteger>(at offset: Int) -> Value {
        self[offset..<offset + Value.bitWidth / 8].reduce(0) { $0 << 8 | Value($1) }
    }
}
