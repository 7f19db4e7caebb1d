import Core
import Storage
import Synchronization

/// A store on a disk that is full for as long as a test says so: it can be read, and takes nothing.
final class FullStore: Store {
    let isFull = Atomic<Bool>(false)
    private let store: MemoryStore

    init(_ store: MemoryStore) { self.store = store }

    func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        guard !isFull.load(ordering: .relaxed) else { return answer(.failure(.full)) }
        store.commit(partition, operations, id: id, answer: answer)
    }

    func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed] {
        guard !isFull.load(ordering: .relaxed) else { throw .full }
        return try await store.claim(partition, queue, max: max, lease: lease, worker: worker)
    }

    func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed? {
        guard !isFull.load(ordering: .relaxed) else { throw .full }
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
