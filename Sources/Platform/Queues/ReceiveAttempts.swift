import Core
import Storage
import Synchronization

/// What was given out to receivers who name their attempts, so that a repeated one gets the same messages.
///
/// Source: Amazon SQS API reference, "ReceiveMessage", `ReceiveRequestAttemptId`: for five minutes, FIFO queues only.
final class ReceiveAttempts: Sendable {
    private struct Place: Hashable {
        let queue: QueueID
        let attempt: String
    }

    private struct Given {
        let leases: [Lease]
        let until: ContinuousClock.Instant
    }

    private static let window = Duration.seconds(300)
    private let given = Mutex(BoundedCache<Place, Given>(limit: 8192))

    /// Remembers what an attempt was given.
    func keep(_ leases: [Lease], of attempt: String, at queue: QueueID) {
        let entry = Given(leases: leases, until: .now + Self.window)
        given.withLock { $0[Place(queue: queue, attempt: attempt)] = entry }
    }

    /// What an attempt was given before; once.
    func take(_ attempt: String, at queue: QueueID) -> [Lease] {
        given.withLock { given in
            let place = Place(queue: queue, attempt: attempt)
            guard let entry = given[place], entry.until > .now else { return [] }
            given.remove(place)
            return entry.leases
        }
    }
}
