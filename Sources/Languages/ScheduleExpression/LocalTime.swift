import Core

/// A date and time of day on some zone's clock, as seconds since 1970-01-01T00:00:00 on the same clock.
///
/// It is no point in time until a zone says which, and there may be none or two of them.
package struct LocalTime: Hashable, Sendable, Comparable {
    package let seconds: Int64

    /// Takes seconds since the beginning of 1970.
    package init(seconds: Int64) { self.seconds = seconds }

    /// Takes a day, counted from 1970, and a second of it.
    init(day: Int, second: Int) { seconds = Int64(day) * 86_400 + Int64(second) }

    /// Whole minutes since the beginning of 1970.
    var minutes: Int { Int((seconds - (seconds % 60 + 60) % 60) / 60) }

    /// Orders times of one clock.
    package static func < (left: LocalTime, right: LocalTime) -> Bool { left.seconds < right.seconds }
}

extension LocalTime: CustomStringConvertible {
    /// As ISO 8601 without a zone, such as `2026-11-20T12:00:00`.
    package var description: String { String(Instant(milliseconds: seconds * 1000).iso8601.prefix(19)) }
}
