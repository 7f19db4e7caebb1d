import Core
import Storage

/// The moving of all messages of a dead-letter queue back to where they came from, or to another queue.
package struct MessageMove: Hashable, Sendable, Codable {
    /// How far it is.
    package enum Status: String, Hashable, Sendable, Codable {
        case running = "RUNNING"
        case completed = "COMPLETED"
        case cancelling = "CANCELLING"
        case cancelled = "CANCELLED"
        case failed = "FAILED"
    }

    /// Orders the moves of a queue by their beginning.
    package let id: String
    package let source: QueueAddress
    /// Where all messages go; each to the queue it came from where there is none.
    package let destination: QueueAddress?
    package let perSecond: Int?
    package let started: Instant
    /// How many messages there were when it began.
    package let toMove: Int
    package var status = Status.running
    package var moved = 0
    package var failure: String?

    /// Begins a move.
    init(source: QueueAddress, destination: QueueAddress?, perSecond: Int?, toMove: Int, at now: Instant) {
        let digits = String(now.milliseconds)
        id = String(repeating: "0", count: max(0, 15 - digits.utf8.count)) + digits + "-\(RequestID())"
        self.source = source
        self.destination = destination
        self.perSecond = perSecond
        self.toMove = toMove
        started = now
    }

    /// Whether messages are still being moved.
    package var isActive: Bool { status == .running || status == .cancelling }
}
