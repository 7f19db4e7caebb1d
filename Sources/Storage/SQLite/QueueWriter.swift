import Core

/// Puts items into queues, and finishes, returns or moves claimed ones.
final class QueueWriter {
    private let names: Names
    private let depths: Depths
    private let limits: StoreLimits
    private let original: Prepared
    private let remember: Prepared
    private let occupied: Prepared
    private let insert: Prepared
    private let held: Prepared
    private let delete: Prepared
    private let promote: Prepared
    private let giveBack: Prepared
    private let extend: Prepared
    private let move: Prepared
    private let any: Prepared
    private let drop: Prepared
    private let sweeper: Sweeper
    private let saveNext: Prepared
    private var saved: Int64
    private(set) var next: Int64

    init(_ connection: Connection, names: Names, depths: Depths, sweeper: Sweeper, limits: StoreLimits) throws {
        self.names = names
        self.depths = depths
        self.sweeper = sweeper
        self.limits = limits
        original = try connection.prepare("SELECT item FROM seen WHERE queue = ? AND text = ? AND until > ?")
        remember = try connection.prepare("INSERT OR REPLACE INTO seen (queue, text, item, until) VALUES (?, ?, ?, ?)")
        occupied = try connection.prepare(QueueSQL.occupied)
        insert = try connection.prepare(
            """
            INSERT INTO item (number, queue, priority, visible, due, enqueued, member, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        held = try connection.prepare(QueueSQL.held)
        delete = try connection.prepare("DELETE FROM item WHERE number = ?")
        promote = try connection.prepare(QueueSQL.promote)
        giveBack = try connection.prepare(QueueSQL.giveBack)
        extend = try connection.prepare(QueueSQL.extend)
        move = try connection.prepare(
            """
            UPDATE item SET queue = ?2, visible = ?3, due = ?3, token = NULL, attempts = 0, claimed = NULL, member = NULL,
                worker = NULL,
                death_queue = ?4, death_reason = ?5, death_attempts = ?6, death_at = ?3
            WHERE number = ?1
            """)
        any = try connection.prepare(QueueSQL.any)
        drop = try connection.prepare(Sweeper.dropQueueSQL)
        saveNext = try connection.prepare("UPDATE item_counter SET next = ?")
        saved = try connection.prepare("SELECT next FROM item_counter").first { $0.integer(0) } ?? 1
        next = saved
    }

    /// Whether all operations put items into queues that have room for all of them: then none can be refused.
    func haveRoom(for operations: [WriteOperation], in partition: Partition) throws -> Bool {
        for operation in operations {
            guard case .enqueue(let queue, _, _, _, _, _) = operation else { return false }
            // Looking a queue up costs little: most of a batch goes to the same one.
            guard let number = try names.find(queue.text, in: partition) else { continue }
            guard try depths.depth(of: number) + operations.count <= limits.queueDepth else { return false }
        }
        return operations.count <= limits.queueDepth
    }

    /// Puts an item into a queue, unless it is a duplicate.
    func enqueue(_ item: NewItem, in partition: Partition, at now: Instant) throws -> OperationResult? {
        let queue = try names.make(item.queue.text, in: partition)
        let place = SQLValue.integer(queue)
        if let text = item.deduplication {
            let before = try original.first(place, .text(text), .integer(now.milliseconds)) { $0.integer(0) }
            if let before { return .duplicate(of: ItemID(before)) }
        }
        guard try depths.depth(of: queue) < limits.queueDepth else { return nil }
        var blocked = false
        if let group = item.group { blocked = try occupied.first(place, .text(group)) { _ in true } ?? false }
        let due = SQLValue.integer(now.advanced(milliseconds: item.delay.milliseconds).milliseconds)
        try insert.run(
            .integer(next), place, .integer(Int64(item.priority)), blocked ? .null : due, due,
            .integer(now.milliseconds), .optional(item.group), body: item.body)
        if let text = item.deduplication {
            let until = now.advanced(milliseconds: QueueModel.deduplicationWindow)
            try remember.run(place, .text(text), .integer(next), .integer(until.milliseconds))
        }
        try depths.change(queue, by: 1, blocked: blocked ? 1 : 0)
        defer { next += 1 }
        return .item(ItemID(next))
    }

    /// Finishes an item; false if the lease is lost.
    func ack(_ lease: Lease, in partition: Partition) throws -> Bool {
        guard let item = try item(of: lease, in: partition) else { return false }
        try delete.run(.integer(lease.item.number))
        try leave(item)
        return true
    }

    /// Gives an item back; false if the lease is lost.
    func giveBack(_ lease: Lease, until: Instant, isAttempt: Bool, in partition: Partition) throws -> Bool {
        guard try item(of: lease, in: partition) != nil else { return false }
        try giveBack.run(.integer(lease.item.number), .integer(until.milliseconds), .integer(isAttempt ? 0 : 1))
        return true
    }

    /// Lets a lease run on; false if it is lost.
    func extend(_ lease: Lease, until: Instant, in partition: Partition) throws -> Bool {
        guard try item(of: lease, in: partition) != nil else { return false }
        try extend.run(.integer(lease.item.number), .integer(until.milliseconds))
        return true
    }

    /// Moves an item to another queue.
    func deadLetter(
        _ lease: Lease, to target: QueueID, reason: String, in partition: Partition, at now: Instant
    ) throws -> MoveOutcome {
        guard let item = try item(of: lease, in: partition) else { return .leaseLost }
        let queue = try names.make(target.text, in: partition)
        let leavesRoom = queue == item.queue ? 1 : 0
        guard try depths.depth(of: queue) - leavesRoom < limits.queueDepth else { return .full }
        try move.run(
            .integer(lease.item.number), .integer(queue), .integer(now.milliseconds), .text(lease.queue.text),
            .text(reason), .integer(item.attempts))
        try leave(item)
        try depths.change(queue, by: 1)
        return .moved
    }

    /// Takes an item out, whoever has it in hand.
    func discard(_ item: ItemID, from queue: QueueID, in partition: Partition) throws {
        guard let number = try names.find(queue.text, in: partition) else { return }
        let found = try any.first(.integer(item.number), .integer(number)) {
            (isBlocked: $0.integer(0) != 0, group: $0.optionalText(1))
        }
        guard let found else { return }
        try delete.run(.integer(item.number))
        if found.isBlocked {
            try depths.change(number, by: -1, blocked: -1)
        } else {
            try leave(HeldItem(queue: number, group: found.group, attempts: 0))
        }
    }

    /// Forgets a queue; its items go later, a few at a time.
    func drop(_ queue: QueueID, in partition: Partition) throws {
        guard let number = try names.find(queue.text, in: partition) else { return }
        try drop.run(.integer(number))
        try depths.empty(number)
        names.forget(queue.text, in: partition)
        sweeper.sweepQueues()
    }

    /// Writes down, once a group, which item numbers were given out.
    func save() throws(SQLiteFailure) {
        guard next != saved else { return }
        try saveNext.run(.integer(next))
    }

    /// The group is durable.
    func saveSucceeded() { saved = next }

    /// A batch or a group is undone: its numbers were never given out.
    func undo(to number: Int64? = nil) { next = number ?? saved }

    private func item(of lease: Lease, in partition: Partition) throws(SQLiteFailure) -> HeldItem? {
        guard let queue = try names.find(lease.queue.text, in: partition) else { return nil }
        return try held.first(.integer(lease.item.number), .integer(queue), .integer(lease.token)) {
            HeldItem(queue: queue, group: $0.optionalText(0), attempts: $0.integer(1))
        }
    }

    private func leave(_ item: HeldItem) throws(SQLiteFailure) {
        var promoted = false
        if let group = item.group {
            promoted = try promote.first(.integer(item.queue), .text(group)) { _ in true } ?? false
        }
        try depths.change(item.queue, by: -1, blocked: promoted ? -1 : 0)
    }
}

extension QueueWriter {
    /// What an enqueue carries.
    struct NewItem {
        let queue: QueueID
        let body: [UInt8]
        let delay: Duration
        let group: String?
        let deduplication: String?
        let priority: Int16
    }

    /// How the move of an item ended.
    enum MoveOutcome {
        case moved, leaseLost, full
    }

    private struct HeldItem {
        let queue: Int64
        let group: String?
        let attempts: Int64
    }
}
