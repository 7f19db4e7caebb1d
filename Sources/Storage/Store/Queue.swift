import Core

/// The name of a queue inside its partition; it exists as soon as something is put into it.
package struct QueueID: Hashable, Sendable {
    package var text: String

    /// Names a queue.
    package init(_ text: String) { self.text = text }
}

/// The number of an item of a queue; it grows with the order of arrival and never comes back.
package struct ItemID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var number: Int64

    package var description: String { String(number) }

    /// Takes the number of an item that was given out before.
    package init(_ number: Int64) { self.number = number }

    /// Reads the text form: decimal digits.
    package init?(_ text: some StringProtocol) {
        guard let number = Int64(text), number >= 0, String(number) == text else { return nil }
        self.number = number
    }

    /// Orders items by arrival.
    package static func < (left: ItemID, right: ItemID) -> Bool { left.number < right.number }
}

/// Who claims; for the eyes of the operator only.
package struct WorkerID: Hashable, Sendable {
    package var text: String

    /// Names a worker.
    package init(_ text: String) { self.text = text }
}

/// The right to finish one claimed item: valid until the item is claimed again, given back or finished.
///
/// A store with one owner ends all leases when it is opened: whoever held them is gone.
package struct Lease: Hashable, Sendable {
    package var queue: QueueID
    package var item: ItemID
    /// Whether the end of this item may set free another of its group.
    package let grouped: Bool
    /// Which claim of the item it was.
    package let token: Int64

    /// Takes the parts of a lease that was given out before.
    package init(queue: QueueID, item: ItemID, grouped: Bool, token: Int64) {
        self.queue = queue
        self.item = item
        self.grouped = grouped
        self.token = token
    }
}

/// An item as it lies in its queue, in nobody's hands or in somebody else's.
package struct QueueItem: Equatable, Sendable {
    package var id: ItemID
    package var body: [UInt8]
    /// How often it was claimed.
    package var attempts: Int
    package var enqueued: Instant
    /// When it was claimed first since it came into this queue.
    package var firstClaimed: Instant?
    package var group: String?
    package var priority: Int16
    /// Set where the item was moved here by `deadLetter`.
    package var death: Claimed.Death?
}

/// An item in the hands of a worker.
package struct Claimed: Equatable, Sendable {
    package var lease: Lease
    package var body: [UInt8]
    /// How often it was claimed, this time included.
    package var attempts: Int
    package var enqueued: Instant
    /// When it was claimed first, which may be now.
    package var firstClaimed: Instant
    package var group: String?
    package var priority: Int16
    /// Set where the item was moved here by `deadLetter`.
    package var death: Death?

    /// Puts an item into the hands of who has this token.
    package init(_ item: QueueItem, from queue: QueueID, token: Int64, at now: Instant) {
        lease = Lease(queue: queue, item: item.id, grouped: item.group != nil, token: token)
        body = item.body
        attempts = item.attempts + 1
        enqueued = item.enqueued
        firstClaimed = item.firstClaimed ?? now
        group = item.group
        priority = item.priority
        death = item.death
    }

    /// Why and from where an item came into a dead letter queue.
    package struct Death: Equatable, Sendable {
        package var queue: QueueID
        package var reason: String
        package var attempts: Int
        package var at: Instant
    }
}

/// How full a queue is.
package struct QueueStats: Equatable, Sendable {
    /// All items, whatever their state.
    package var depth = 0
    /// May be claimed now.
    package var ready = 0
    /// Claimed, the lease still running.
    package var inFlight = 0
    /// Waiting for their time.
    package var delayed = 0
    /// Waiting for the one before them in their group.
    package var blocked = 0
    /// When the item next in line was enqueued, of all priorities the oldest; blocked ones do not count.
    package var oldest: Instant?
    /// When the next item that is not ready becomes so; blocked ones do not count.
    package var nextDue: Instant?

    /// An empty queue.
    package init() {}
}

/// A queue that holds items.
package struct QueueDue: Equatable, Sendable {
    package let queue: QueueID
    /// When the first of them may be claimed, or was to be.
    package let due: Instant

    /// Takes the two.
    package init(queue: QueueID, due: Instant) {
        self.queue = queue
        self.due = due
    }
}
