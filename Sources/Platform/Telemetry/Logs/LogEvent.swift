import Core

/// One line of a log.
package struct LogEvent: Hashable, Sendable {
    package let time: Instant
    package let ingested: Instant
    /// As it came, whatever bytes it holds.
    package let message: [UInt8]

    /// Puts an event together.
    package init(time: Instant, ingested: Instant, message: [UInt8]) {
        self.time = time
        self.ingested = ingested
        self.message = message
    }

    /// The message as text; bytes that are not UTF-8 show as U+FFFD.
    package var text: String { String(decoding: message, as: UTF8.self) }

    /// The longest message; AWS's limit.
    package static let sizeLimit = 262_144
}

/// Where an event lies in its stream: the batch, and the place in it.
package struct LogPosition: Hashable, Sendable, Comparable {
    package let batch: Int64
    package let index: Int

    /// Puts a position together.
    package init(batch: Int64, index: Int) {
        self.batch = batch
        self.index = index
    }

    /// Orders positions as the events were stored.
    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.batch, left.index) < (right.batch, right.index)
    }
}

/// An event with where it was found.
package struct FoundLogEvent: Hashable, Sendable {
    package let stream: LogStreamName
    package let position: LogPosition
    package let event: LogEvent

    /// A name that no other event of the group has: 56 digits, as clients know it.
    package var id: String {
        // FNV-1a over the stream's name; the position tells events of one stream apart.
        let hash = stream.text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Self.digits(UInt64(clamping: event.time.milliseconds), 14) + Self.digits(hash, 20)
            + Self.digits(UInt64(clamping: position.batch), 14) + Self.digits(UInt64(clamping: position.index), 8)
    }

    private static func digits(_ value: UInt64, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
