import Core
import GRDB

/// Answers reads from a snapshot, on a connection that cannot write.
struct Reader {
    private let database: Database
    private let limits: StoreLimits

    init(_ database: Database, limits: StoreLimits) {
        self.database = database
        self.limits = limits
    }

    /// The records of these keys.
    func get(_ partition: Partition, _ keys: [RecordKey]) throws -> [Record?] {
        let find = try prepare("SELECT version, indexed, value FROM record WHERE partition = ? AND kind = ? AND id = ?")
        return try keys.map { key in
            try find.first(partition.number, .text(key.kind), .text(key.id)) { row in
                Record(
                    key: key, value: row.bytes(2), version: row.integer(0), index: IndexCoding.decode(row.bytes(1)))
            }
        }
    }

    /// Every partition that holds records; each costs one look at an index, however many records it has.
    func partitions() throws -> [Partition] {
        let next = try prepare("SELECT min(partition) FROM record WHERE partition > ?")
        var found: [Partition] = []
        var last: Int64 = -1
        while let number = try next.first(.integer(last), read: { $0.optionalInteger(0) }) ?? nil {
            found.append(try Partition(number: number))
            last = number
        }
        return found
    }

    /// A page of records.
    func scan(_ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int) throws -> Page {
        try Scanner(database, limits: limits).scan(partition, query, after: after, limit: limit)
    }

    /// A part of a log.
    func read(_ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int) throws -> LogSlice {
        let find = try prepare("SELECT number, first, end FROM log WHERE partition = ? AND name = ?")
        let found = try find.first(partition.number, .text(log.text)) {
            (number: $0.integer(0), first: $0.integer(1), end: $0.integer(2))
        }
        guard let found else { return LogSlice(entries: [], first: 0, end: 0) }
        let entries = try prepare(
            "SELECT sequence, at, value FROM entry WHERE log = ? AND sequence >= ? ORDER BY sequence LIMIT ?")
        let most = min(max(0, limit), limits.answerItems)
        let mostBytes = min(maxBytes, limits.answerBytes)
        var bytes = 0
        var count = 0
        let rows = try entries.all(
            .integer(found.number), .integer(max(from, found.first)), .integer(Int64(most))
        ) { row -> LogEntry? in
            let value = row.bytes(2)
            bytes += value.count
            if bytes > mostBytes && count > 0 { return nil }
            count += 1
            return LogEntry(sequence: row.integer(0), at: Instant(milliseconds: row.integer(1)), value: value)
        }
        return LogSlice(entries: rows, first: found.first, end: found.end)
    }

    /// Whether anything in a queue may be claimed: an empty claim is answered here and writes nothing.
    func hasReady(_ partition: Partition, _ queue: QueueID, at now: Instant) throws -> Bool {
        guard let queue = try number(of: queue, in: partition) else { return false }
        let ready = try prepare(QueueSQL.ready)
        var isReady = false
        try eachPriority(of: queue) { priority in
            isReady = try ready.first(.integer(queue), priority, .integer(now.milliseconds)) { _ in true } ?? false
            return !isReady
        }
        return isReady
    }

    /// The items of a queue, behind one of them.
    func items(_ partition: Partition, _ queue: QueueID, after: ItemID?, limit: Int) throws -> [QueueItem] {
        guard let queue = try number(of: queue, in: partition) else { return [] }
        var bytes = 0
        return try prepare(QueueSQL.list).all(
            .integer(queue), .integer(after?.number ?? -1), .integer(Int64(min(max(0, limit), limits.answerItems)))
        ) { row in
            guard bytes < limits.answerBytes else { return nil }
            let item = row.item
            bytes += item.body.count
            return item
        }
    }

    /// How full a queue is: from its counters, and from what waits for its time, not from all that is ready.
    func stats(_ partition: Partition, _ queue: QueueID, at now: Instant) throws -> QueueStats {
        let counters = try prepare("SELECT number, depth, blocked FROM queue WHERE partition = ? AND name = ?")
            .first(partition.number, .text(queue.text)) { ($0.integer(0), $0.integer(1), $0.integer(2)) }
        guard let (queue, depth, blocked) = counters else { return QueueStats() }
        var stats = QueueStats()
        (stats.depth, stats.blocked) = (Int(depth), Int(blocked))
        let notDue = try prepare(QueueSQL.notDue)
        let nextInLine = try prepare(QueueSQL.nextInLine)
        try eachPriority(of: queue) { priority in
            try notDue.first(.integer(queue), priority, .integer(now.milliseconds)) { row in
                stats.inFlight += Int(row.integer(0))
                stats.delayed += Int(row.integer(1) - row.integer(0))
                let due = row.optionalInteger(2).map { Instant(milliseconds: $0) }
                stats.nextDue = [stats.nextDue, due].compactMap(\.self).min()
            }
            let enqueued = try nextInLine.first(.integer(queue), priority) { Instant(milliseconds: $0.integer(0)) }
            stats.oldest = [stats.oldest, enqueued].compactMap(\.self).min()
            return true
        }
        stats.ready = stats.depth - stats.blocked - stats.inFlight - stats.delayed
        return stats
    }

    /// Visits the priorities of a queue from the highest on, each at the cost of one look, until `visit` says false.
    private func eachPriority(of queue: Int64, _ visit: (SQLValue) throws -> Bool) throws {
        let next = try prepare(QueueSQL.nextPriority)
        var bound = Int64(Int16.max) + 1
        while let priority = try next.first(.integer(queue), .integer(bound), read: { $0.optionalInteger(0) }) ?? nil {
            guard try visit(.integer(priority)) else { return }
            bound = priority
        }
    }

    /// When something may be claimed, for each queue with such a name; one look at an index for each priority in it.
    func dueTimes(_ partition: Partition, prefix: String) throws -> [QueueDue] {
        let queues = try prepare(
            "SELECT name, number FROM queue WHERE partition = ? AND name >= ? AND name < ? ORDER BY name"
        )
        .all(partition.number, .text(prefix), prefix.endOfPrefix) { ($0.text(0), $0.integer(1)) }
        let first = try prepare(QueueSQL.first)
        var found: [QueueDue] = []
        for (name, queue) in queues {
            var due: Int64?
            try eachPriority(of: queue) { priority in
                let time = try first.first(.integer(queue), priority) { $0.optionalInteger(0) } ?? nil
                due = [due, time].compactMap(\.self).min()
                return true
            }
            if let due { found.append(QueueDue(queue: QueueID(name), due: Instant(milliseconds: due))) }
        }
        return found
    }

    private func number(of queue: QueueID, in partition: Partition) throws -> Int64? {
        try prepare("SELECT number FROM queue WHERE partition = ? AND name = ?")
            .first(partition.number, .text(queue.text)) { $0.integer(0) }
    }

    private func prepare(_ sql: String) throws -> Prepared { Prepared(try database.cachedStatement(sql: sql)) }
}
