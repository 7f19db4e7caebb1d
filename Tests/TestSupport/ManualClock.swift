import Core
import Synchronization

/// A clock that moves only when a test says so.
package final class ManualClock: Sendable {
    private let time: Mutex<Instant>

    /// Starts at an instant; the standard one lies in 2024.
    package init(at start: Instant = Instant(milliseconds: 1_720_000_000_000)) { time = Mutex(start) }

    /// The time now.
    package var now: Instant { time.withLock { $0 } }

    /// Moves the clock.
    package func advance(milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(milliseconds: milliseconds) }
    }
}
