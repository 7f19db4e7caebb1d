import Core
import Storage

/// A store that does what another one in memory does, but for what it says itself.
protocol StoreAround: Store {
    var store: MemoryStore { get }

    /// Throws where claims find no store.
    func checkClaim() throws(StoreError)
}

extension StoreAround {
    func checkClaim() throws(StoreError) {}

    func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) { store.commit(partition, operations, id: id, answer: answer) }

    func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed] {
        try checkClaim()
        return try await store.claim(partition, queue, max: max, lease: lease, worker: worker)
    }

    func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed? {
        try checkClaim()
        return try await store.claim(partition, queue, item: item, lease: lease, worker: worker)
    }

    func items(
        _ partition: Partition, _ queue: QueueID, after: ItemID?, limit: Int
    ) async throws(StoreError) -> [QueueItem] { try await store.items(partition, queue, after: after, limit: limit) }

    func get(_ partition: Partition, _ keys: [RecordKey]) async throws(StoreError) -> [Record?] {
        try await store.get(partition, keys)
    }

    func partitions() async throws(StoreError) -> [Partition] { try await store.partitions() }

    func scan(
        _ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int
    ) async throws(StoreError) -> Page { try await store.scan(partition, query, after: after, limit: limit) }

    func read(
        _ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int
    ) async throws(StoreError) -> LogSlice {
        try await store.read(partition, log, from: from, limit: limit, maxBytes: maxBytes)
    }

    func stats(_ partition: Partition, _ queue: QueueID) async throws(StoreError) -> QueueStats {
        try await store.stats(partition, queue)
    }

    func dueTimes(_ partition: Partition, prefix: String) async throws(StoreError) -> [QueueDue] {
        try await store.dueTimes(partition, prefix: prefix)
    }

    func now() async throws(StoreError) -> Instant { try await store.now() }

    func wakeups(_ topics: Set<Topic>) -> AsyncStream<Topic> { store.wakeups(topics) }
}
