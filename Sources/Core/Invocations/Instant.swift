import FoundationEssentials

/// A point in time, in milliseconds since 1970-01-01 UTC: the unit of records, logs and deadlines.
package struct Instant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    /// Takes milliseconds since 1970.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The wall clock now.
    package static var now: Instant {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// Seconds since 1970, as the AWS protocols carry them.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// The instant this many milliseconds later.
    package func advanced(milliseconds: Int64) -> Instant { Instant(milliseconds: self.milliseconds + milliseconds) }

    /// Orders instants in time.
    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

extension Instant: Codable {
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}
