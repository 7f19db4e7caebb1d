import Core
import Storage
import Synchronization

/// The lanes as several tasks see them: a change may mean that there is a turn to take.
final class LaneBoard: Sendable {
    private let lanes: Mutex<EventLanes>
    private let signal: AsyncStream<Void>.Continuation
    /// Says that there may be a turn; one reader.
    let signals: AsyncStream<Void>

    init(_ lanes: EventLanes) {
        self.lanes = Mutex(lanes)
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Items may be claimed from these queues now.
    func arrived(_ queues: some Sequence<QueueID> & Sendable) {
        change { lanes, now in for queue in queues { lanes.arrived(queue, at: now, now: now) } }
    }

    /// Items may be claimed from these queues at these times.
    func arrived(_ found: [QueueDue]) {
        change { lanes, now in for entry in found { lanes.arrived(entry.queue, at: entry.due, now: now) } }
    }

    /// Changes the lanes, and lets the reader look if there is a turn to take: to wake it costs more than the change.
    func change(_ body: (inout EventLanes, Instant) -> Void) {
        let hasTurn = lanes.withLock { lanes in
            body(&lanes, .now)
            return lanes.hasTurn
        }
        if hasTurn { signal.yield() }
    }

    /// The next claim to make.
    func next() -> EventLanes.Turn? { lanes.withLock { $0.next(now: .now) } }

    /// Ends the reader's stream.
    func finish() { signal.finish() }
}
