import Core

/// The fire times of a timetable, in order.
package struct FireTimes: Sequence, IteratorProtocol, Sendable {
    private let timetable: Timetable
    private var last: Instant

    /// Begins behind an instant.
    init(timetable: Timetable, after instant: Instant) {
        self.timetable = timetable
        last = instant
    }

    /// The next one; `nil` at the end.
    package mutating func next() -> Instant? {
        guard let time = timetable.nextFireTime(after: last) else { return nil }
        last = time
        return time
    }
}
