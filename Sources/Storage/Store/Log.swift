import Core

/// The name of an append-only log inside its partition.
package struct LogID: Hashable, Sendable {
    package var text: String

    /// Names a log.
    package init(_ text: String) { self.text = text }
}

/// One entry of a log; sequences are dense and start at 0.
package struct LogEntry: Equatable, Sendable {
    package var sequence: Int64
    /// When it was appended, by the store's clock.
    package var at: Instant
    package var value: [UInt8]

    /// Puts an entry together.
    package init(sequence: Int64, at: Instant, value: [UInt8]) {
        self.sequence = sequence
        self.at = at
        self.value = value
    }
}

/// A part of a log; a log nobody wrote to is empty and begins at 0.
package struct LogSlice: Equatable, Sendable {
    package var entries: [LogEntry]
    /// The oldest sequence that was not trimmed away.
    package var first: Int64
    /// The sequence that the next append will get.
    package var end: Int64

    /// Puts a slice together.
    package init(entries: [LogEntry], first: Int64, end: Int64) {
        self.entries = entries
        self.first = first
        self.end = end
    }
}
