import Core
import Synchronization

/// The store as a model in memory: the specification of every engine, and what tests run on.
package final class MemoryStore: Store {
    private struct State {
        var partitions: [Partition: PartitionModel] = [:]
        var nextItem: Int64 = 1
        var random = SystemRandomNumberGenerator()
    }

    private let state = Mutex(State())
    private let clock: StoreClock
    private let limits: StoreLimits
    private let hub = Wakeups()

    /// Makes an empty store.
    package init(clock: StoreClock = .steady(), limits: StoreLimits = StoreLimits()) {
        self.clock = clock
        self.limits = limits
    }

    /// Applies all operations or none.
    package func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        let now = clock.now
        let result = state.withLock { state in
            Result { () throws(StoreError) -> [OperationResult] in
                _ = try limits.check(operations)
                var draft = state.partitions[partition] ?? PartitionModel()
                var nextItem = state.nextItem
                let results = try draft.apply(operations, id: id, at: now, nextItem: &nextItem, limits: limits)
                state.partitions[partition] = draft
                state.nextItem = nextItem
                return results
            }
        }
        answer(result)
        if case .success = result { hub.tell(operations, in: partition) }
    }

    /// Takes leases on items that are due.
    package func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed] {
        let now = clock.now
        let until = now.advanced(milliseconds: lease.milliseconds)
        return state.withLock { state in
            var random = state.random
            return state.partitions[partition]?[queue].claim(
                queue, max: max, until: until, now: now, limits: limits,
                token: { .random(in: .min ... .max, using: &random) })
                ?? []
        }
    }

    /// Takes a lease on one item.
    package func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed? {
        let now = clock.now
        let until = now.advanced(milliseconds: lease.milliseconds)
        return state.withLock { state in
            let token = Int64.random(in: .min ... .max, using: &state.random)
            return state.partitions[partition]?[queue].claim(item, of: queue, until: until, now: now, token: token)
        }
    }

    /// The items of a queue.
    package func items(
        _ partition: Partition, _ queue: QueueID, after: ItemID?, limit: Int
    ) async throws(StoreError) -> [QueueItem] {
        state.withLock { state in
            state.partitions[partition]?[queue].list(after: after, limit: limit, limits: limits) ?? []
        }
    }

    /// Does what closing and opening a store does: whoever had items in hand is gone, and they may be claimed again.
    package func reopen() {
        let now = clock.now
        state.withLock { state in
            for partition in state.partitions.keys { state.partitions[partition]?.giveBackAll(at: now) }
        }
    }

    /// The records of these keys.
    package func get(_ partition: Partition, _ keys: [RecordKey]) async throws(StoreError) -> [Record?] {
        state.withLock { state in keys.map { state.partitions[partition]?.records[$0] } }
    }

    /// Every partition that holds records.
    package func partitions() async throws(StoreError) -> [Partition] {
        state.withLock { state in state.partitions.filter { !$0.value.records.isEmpty }.keys.sorted() }
    }

    /// A page of records.
    package func scan(
        _ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int
    ) async throws(StoreError) -> Page {
        state.withLock { state in
            state.partitions[partition]?.records.scan(query, after: after, limit: limit, limits: limits)
                ?? Page(records: [], next: nil)
        }
    }

    /// The entries of a log from a sequence on.
    package func read(
        _ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int
    ) async throws(StoreError) -> LogSlice {
        state.withLock { state in
            let log = state.partitions[partition]?.log(log) ?? LogModel()
            return log.slice(
                from: from, limit: min(max(0, limit), limits.answerItems), maxBytes: min(maxBytes, limits.answerBytes))
        }
    }

    /// How full a queue is now.
    package func stats(_ partition: Partition, _ queue: QueueID) async throws(StoreError) -> QueueStats {
        let now = clock.now
        return state.withLock { $0.partitions[partition]?[queue].stats(at: now) ?? QueueStats() }
    }

    /// The queues that hold items and whose names begin with `prefix`.
    package func dueTimes(_ partition: Partition, prefix: String) async throws(StoreError) -> [QueueDue] {
        state.withLock { $0.partitions[partition]?.dueTimes(prefix: prefix) ?? [] }
    }

    /// The store's clock.
    package func now() async throws(StoreError) -> Instant { clock.now }

    /// Hints that something happened.
    package func wakeups(_ topics: Set<Topic>) -> AsyncStream<Topic> { hub.listen(to: topics) }
}
