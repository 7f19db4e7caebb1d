import Core

/// Gives the store its time; a test gives it a clock that stands still.
package struct StoreClock: Sendable {
    private let read: @Sendable () -> Instant

    /// Takes the time from a function.
    package init(_ read: @escaping @Sendable () -> Instant) { self.read = read }

    /// The time now.
    package var now: Instant { read() }

    /// The wall clock of the moment this was made, carried on by a clock that nobody can set, suspend included.
    ///
    /// A wall clock that jumps would end leases early or hold back delayed items.
    package static func steady() -> StoreClock {
        let wall = Instant.now
        let clock = ContinuousClock()
        let start = clock.now
        return StoreClock { wall.advanced(milliseconds: (clock.now - start).milliseconds) }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, never less than 0.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow, product < .max - 1000 else { return .max / 4 }
        return max(0, product + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
