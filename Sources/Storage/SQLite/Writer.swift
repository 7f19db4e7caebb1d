import Core
import FoundationEssentials

/// Applies a group of batches and claims in one transaction, each of them whole or not at all.
///
/// It lives and dies on the committer's thread.
final class Writer {
    /// What became of one piece of work.
    enum Outcome {
        case applied([OperationResult])
        case claimed([Claimed])
        case refused(StoreError)
    }

    private let clock: StoreClock
    private let health: Health
    private let transaction: Transaction
    private let queueNames: Names
    private let logNames: Names
    private let depths: Depths
    private let sweeper: Sweeper
    private let scrubber: Scrubber
    private let log: LogKeeper
    private let records: RecordWriter
    private let logs: LogWriter
    private let queues: QueueWriter
    private let claims: QueueClaims
    private let findCommit: Prepared
    private let noteCommit: Prepared

    init(
        _ connection: Connection, clock: StoreClock, limits: StoreLimits, health: Health, checkpointer: Checkpointer
    ) throws {
        self.clock = clock
        self.health = health
        transaction = try Transaction(connection)
        queueNames = try Names(table: "queue", connection)
        logNames = try Names(table: "log", connection)
        depths = try Depths(connection)
        sweeper = try Sweeper(connection)
        scrubber = try Scrubber(connection)
        log = try LogKeeper(connection, checkpointer)
        records = try RecordWriter(connection)
        logs = try LogWriter(connection, names: logNames, sweeper: sweeper)
        queues = try QueueWriter(connection, names: queueNames, depths: depths, sweeper: sweeper, limits: limits)
        claims = try QueueClaims(connection, names: queueNames, limits: limits)
        findCommit = try connection.prepare("SELECT 1 FROM applied WHERE partition = ? AND id = ? AND until > ?")
        noteCommit = try connection.prepare("INSERT OR REPLACE INTO applied (partition, id, until) VALUES (?, ?, ?)")
    }

    /// When there is something to do though nobody asks: rows to delete, or a log to cut.
    var idleWork: ContinuousClock.Instant? { sweeper.hasWork ? .now : scrubber.due }

    /// Keeps the log short, and lets what was erased leave it, when the answers to a group have been given.
    func tidyUp() {
        do throws(SQLiteFailure) {
            try log.run()
            try scrubber.run()
        } catch { _ = refusal(for: error, during: .write) }
    }

    /// Applies the group; when it returns, what it says was applied is durable.
    func run(_ group: [Work]) -> [Outcome] {
        guard !group.isEmpty || sweeper.hasWork else { return [] }
        var step = StoreFailure.Step.write
        do {
            let now = clock.now
            var outcomes: [Outcome] = []
            outcomes.reserveCapacity(group.count)
            try transaction.begin()
            for work in group { outcomes.append(try apply(work, at: now)) }
            try sweeper.run(at: now)
            try queues.save()
            try depths.save()
            step = .commit
            try transaction.commit()
            queues.saveSucceeded()
            return outcomes
        } catch {
            transaction.abandon()
            forgetAll()
            let refusal = refusal(for: SQLiteFailure(error), during: step)
            return group.map { _ in .refused(refusal) }
        }
    }

    private func refusal(for failure: SQLiteFailure, during step: StoreFailure.Step) -> StoreError {
        switch failure.meaning {
        case .full: return .full
        case .busy: return .busy
        case .fatal:
            health.fail(failure, during: step)
            return step == .commit ? .outcomeUnknown : .unavailable
        }
    }

    private func apply(_ work: Work, at now: Instant) throws -> Outcome {
        switch work {
        case .claim(let claim, _): return .claimed(try claims.claim(claim, at: now))
        case .commit(let commit, _, _):
            let next = queues.next
            do {
                let results = try apply(commit, at: now)
                queueNames.keep()
                logNames.keep()
                depths.keep()
                return .applied(results)
            } catch let refusal as StoreError {
                queueNames.undo()
                logNames.undo()
                depths.undo()
                queues.undo(to: next)
                return .refused(refusal)
            }
        }
    }

    private func apply(_ commit: Work.Commit, at now: Instant) throws -> [OperationResult] {
        if let id = commit.id {
            let known = try findCommit.first(commit.partition.number, id.value, .integer(now.milliseconds)) { _ in true
            }
            if known != nil { throw StoreError.alreadyApplied }
        }
        // One operation checks before it writes, so it needs no savepoint to leave nothing behind; nor do items that all
        // find room.
        let isSimple =
            try commit.operations.count == 1 || queues.haveRoom(for: commit.operations, in: commit.partition)
        let results =
            isSimple ? try applyAll(commit, at: now) : try transaction.savepoint { try applyAll(commit, at: now) }
        if let id = commit.id {
            let until = now.advanced(milliseconds: PartitionModel.commitWindow)
            try noteCommit.run(commit.partition.number, id.value, .integer(until.milliseconds))
        }
        return results
    }

    private func applyAll(_ commit: Work.Commit, at now: Instant) throws -> [OperationResult] {
        var results: [OperationResult] = []
        results.reserveCapacity(commit.operations.count)
        for (index, operation) in commit.operations.enumerated() {
            results.append(try apply(operation, index, in: commit.partition, at: now))
        }
        return results
    }

    private func apply(
        _ operation: WriteOperation, _ index: Int, in partition: Partition, at now: Instant
    ) throws -> OperationResult {
        switch operation {
        case .put(let key, let value, let values, let expect):
            let version = try records.put(key, value: value, index: values, expect: expect, in: partition)
            return .version(try version.orThrow(.conflict(operation: index)))
        case .delete(let key, let expect):
            let isDone = try records.delete(key, expect: expect, in: partition)
            scrubber.erased()
            return try isDone.orThrow(.conflict(operation: index))
        case .append(let log, let entries, let expectNext):
            let range = try logs.append(entries, to: log, expectNext: expectNext, in: partition, at: now)
            return .sequences(try range.orThrow(.conflict(operation: index)))
        case .trim(let log, let before):
            try logs.trim(log, before: before, in: partition)
            return .done
        case .dropLog(let log):
            try logs.drop(log, in: partition)
            return .done
        case .enqueue(let queue, let body, let delay, let group, let deduplication, let priority):
            let item = QueueWriter.NewItem(
                queue: queue, body: body, delay: delay, group: group, deduplication: deduplication, priority: priority)
            return try queues.enqueue(item, in: partition, at: now).orThrow(.queueFull(operation: index))
        case .ack(let lease):
            return try queues.ack(lease, in: partition).orThrow(.leaseLost(operation: index))
        case .nack(let lease, let delay, let isAttempt):
            let until = now.advanced(milliseconds: delay.milliseconds)
            return try queues.giveBack(lease, until: until, isAttempt: isAttempt, in: partition)
                .orThrow(.leaseLost(operation: index))
        case .extend(let lease, let delay):
            let until = now.advanced(milliseconds: delay.milliseconds)
            return try queues.extend(lease, until: until, in: partition)
                .orThrow(.leaseLost(operation: index))
        case .deadLetter(let lease, let target, let reason):
            switch try queues.deadLetter(lease, to: target, reason: reason, in: partition, at: now) {
            case .moved: return .item(lease.item)
            case .leaseLost: throw StoreError.leaseLost(operation: index)
            case .full: throw StoreError.queueFull(operation: index)
            }
        case .discard(let queue, let item):
            try queues.discard(item, from: queue, in: partition)
            return .done
        case .dropQueue(let queue):
            try queues.drop(queue, in: partition)
            return .done
        }
    }

    private func forgetAll() {
        queueNames.forgetAll()
        logNames.forgetAll()
        depths.forgetAll()
        queues.undo()
    }
}

extension Optional {
    fileprivate func orThrow(_ error: StoreError) throws(StoreError) -> Wrapped {
        guard let self else { throw error }
        return self
    }
}

extension Bool {
    fileprivate func orThrow(_ error: StoreError) throws(StoreError) -> OperationResult {
        guard self else { throw error }
        return .done
    }
}

extension CommitID {
    fileprivate var value: SQLValue {
        let bytes = uuid.uuid
        return .blob([
            bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7, bytes.8, bytes.9, bytes.10,
            bytes.11, bytes.12, bytes.13, bytes.14, bytes.15,
        ])
    }
}
