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
        let next = try prepare(QueueSQL.nextPriority)
        let ready = try prepare(QueueSQL.ready)
        var bound = Int64(Int16.max) + 1
        while let priority = try next.first(.integer(queue), .integer(bound), read: { $0.optionalInteger(0) }) ?? nil {
            let time = SQLValue.integer(now.milliseconds)
            if try ready.first(.integer(queue), .integer(priority), time, read: { _ in true }) != nil { return true }
            bound = priority
        }
        return false
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

    /// How full a queue is; looks at an index alone.
    func stats(_ partition: Partition, _ queue: QueueID, at now: Instant) throws -> QueueStats {
        guard let queue = try number(of: queue, in: partition) else { return QueueStats() }
        let count = try prepare(
            """
            SELECT count(*), count(*) FILTER (WHERE visible <= ?2),
                count(*) FILTER (WHERE visible > ?2 AND token IS NOT NULL),
                count(*) FILTER (WHERE visible > ?2 AND token IS NULL),
                count(*) FILTER (WHERE visible IS NULL),
                min(visible) FILTER (WHERE visible > ?2), min(number)
            FROM item INDEXED BY item_ready WHERE queue = ?1
            """)
        let enqueued = try prepare("SELECT enqueued FROM item WHERE number = ?")
        var stats = QueueStats()
        let oldest = try count.first(.integer(queue), .integer(now.milliseconds)) { row in
            stats.depth = Int(row.integer(0))
            stats.ready = Int(row.integer(1))
            stats.inFlight = Int(row.integer(2))
            stats.delayed = Int(row.integer(3))
            stats.blocked = Int(row.integer(4))
            stats.nextDue = row.optionalInteger(5).map { Instant(milliseconds: $0) }
            return row.optionalInteger(6)
        }
        if let oldest = oldest ?? nil {
            stats.oldest = try enqueued.first(.integer(oldest)) { Instant(milliseconds: $0.integer(0)) }
        }
        return stats
    }

    /// When something may be claimed, for each queue with such a name; one look at an index for each priority in it.
    func dueTimes(_ partition: Partition, prefix: String) throws -> [QueueDue] {
        let queues = try prepare(
            "SELECT name, number FROM queue WHERE partition = ? AND name >= ? AND name < ? ORDER BY name"
        )
        .all(partition.number, .text(prefix), prefix.endOfPrefix) { ($0.text(0), $0.integer(1)) }
        let next = try prepare(QueueSQL.nextPriority)
        let first = try prepare(QueueSQL.first)
        var found: [QueueDue] = []
        for (name, queue) in queues {
            var due: Int64?
            var bound = Int64(Int16.max) + 1
            while let priority = try next.first(.integer(queue), .integer(bound), read: { $0.optionalInteger(0) })
                ?? nil
            {
                let time = try first.first(.integer(queue), .integer(priority)) { $0.optionalInteger(0) } ?? nil
                due = [due, time].compactMap(\.self).min()
                bound = priority
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
