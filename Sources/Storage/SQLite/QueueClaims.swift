import Core

/// Hands out items that are due.
final class QueueClaims {
    private struct Due {
        let number: Int64
        let claimed: Claimed
    }

    private let names: Names
    private let limits: StoreLimits
    private let nextPriority: Prepared
    private let due: Prepared
    private let take: Prepared
    private var random = SystemRandomNumberGenerator()

    init(_ connection: Connection, names: Names, limits: StoreLimits) throws {
        self.names = names
        self.limits = limits
        nextPriority = try connection.prepare(QueueSQL.nextPriority)
        due = try connection.prepare(QueueSQL.due)
        take = try connection.prepare(QueueSQL.take)
    }

    /// Takes leases, highest priority first.
    func claim(_ claim: Work.Claim, at now: Instant) throws(SQLiteFailure) -> [Claimed] {
        guard let queue = try names.find(claim.queue.text, in: claim.partition) else { return [] }
        let until = now.advanced(milliseconds: claim.lease.milliseconds)
        let most = min(claim.max, limits.claimItems)
        var claimed: [Claimed] = []
        var bytes = 0
        var bound = Int64(Int16.max) + 1
        while claimed.count < most, bytes < limits.answerBytes,
            let priority = try nextPriority.first(.integer(queue), .integer(bound), read: { $0.optionalInteger(0) })
                ?? nil
        {
            bound = priority
            claimed += try due.all(
                .integer(queue), .integer(priority), .integer(now.milliseconds), .integer(Int64(most - claimed.count))
            ) { row in
                guard bytes < limits.answerBytes else { return nil }
                let item = item(row, of: claim.queue)
                bytes += item.body.count
                return item
            }
        }
        for item in claimed {
            try take.run(
                .integer(item.lease.item.number), .integer(until.milliseconds), .integer(item.lease.token),
                .text(claim.worker.text))
        }
        return claimed
    }

    private func item(_ row: Columns, of queue: QueueID) -> Claimed {
        let group = row.optionalText(3)
        let token = Int64.random(in: .min ... .max, using: &random)
        var death: Claimed.Death?
        if let source = row.optionalText(5) {
            death = Claimed.Death(
                queue: QueueID(source), reason: row.text(6), attempts: Int(row.integer(7)),
                at: Instant(milliseconds: row.integer(8)))
        }
        return Claimed(
            lease: Lease(queue: queue, item: ItemID(row.integer(0)), grouped: group != nil, token: token),
            body: row.bytes(9), attempts: Int(row.integer(1)) + 1, enqueued: Instant(milliseconds: row.integer(2)),
            group: group, priority: Int16(truncatingIfNeeded: row.integer(4)), death: death)
    }
}
