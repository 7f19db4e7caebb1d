import Core

/// Hands out items that are due.
final class QueueClaims {
    private let names: Names
    private let limits: StoreLimits
    private let nextPriority: Prepared
    private let due: Prepared
    private let one: Prepared
    private let take: Prepared
    private var random = SystemRandomNumberGenerator()

    init(_ connection: Connection, names: Names, limits: StoreLimits) throws {
        self.names = names
        self.limits = limits
        nextPriority = try connection.prepare(QueueSQL.nextPriority)
        due = try connection.prepare(QueueSQL.due)
        one = try connection.prepare(QueueSQL.one)
        take = try connection.prepare(QueueSQL.take)
    }

    /// Takes leases on what is asked for.
    func claim(_ claim: Work.Claim, at now: Instant) throws(SQLiteFailure) -> [Claimed] {
        guard let queue = try names.find(claim.queue.text, in: claim.partition) else { return [] }
        let until = now.advanced(milliseconds: claim.lease.milliseconds)
        let claimed =
            switch claim.wanted {
            case .due(let most): try due(most, claim, queue, at: now)
            case .item(let item):
                try one.all(.integer(item.number), .integer(queue), .integer(now.milliseconds)) {
                    held($0, of: claim.queue, at: now)
                }
            }
        for item in claimed { try take(item, for: claim, until: until) }
        return claimed
    }

    /// What is due, highest priority first.
    private func due(
        _ most: Int, _ claim: Work.Claim, _ queue: Int64, at now: Instant
    ) throws(SQLiteFailure) -> [Claimed] {
        let most = min(most, limits.claimItems)
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
                let item = held(row, of: claim.queue, at: now)
                bytes += item.body.count
                return item
            }
        }
        return claimed
    }

    private func take(_ item: Claimed, for claim: Work.Claim, until: Instant) throws(SQLiteFailure) {
        try take.run(
            .integer(item.lease.item.number), .integer(until.milliseconds), .integer(item.lease.token),
            .text(claim.worker.text), .integer(item.firstClaimed.milliseconds))
    }

    private func held(_ row: Columns, of queue: QueueID, at now: Instant) -> Claimed {
        Claimed(row.item, from: queue, token: .random(in: .min ... .max, using: &random), at: now)
    }
}
