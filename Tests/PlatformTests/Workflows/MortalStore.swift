import Core
import Storage
import Synchronization

/// A store whose server dies: from one commit on nothing reaches it any more.
final class MortalStore: Store {
    private let store: MemoryStore
    private let left: Mutex<Int>
    /// Whether the last commit is done, without its answer.
    private let keepsLast: Bool
    private let entries = Atomic(0)

    /// How many entries of logs were given out.
    var entriesRead: Int { entries.load(ordering: .relaxed) }

    init(_ store: MemoryStore, commits: Int, keepsLast: Bool) {
        self.store = store
        left = Mutex(commits)
        self.keepsLast = keepsLast
    }

    var isDead: Bool { left.withLock { $0 <= 0 } }

    func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        let rest = left.withLock { left in
            left -= 1
            return left
        }
        if rest > 0 { return store.commit(partition, operations, id: id, answer: answer) }
        guard rest == 0, keepsLast else { return answer(.failure(.unavailable)) }
        store.commit(partition, operations, id: id) { _ in answer(.failure(.outcomeUnknown)) }
    }

    func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed] {
        guard !isDead else { throw .unavailable }
        return try await store.claim(partition, queue, max: max, lease: lease, worker: worker)
    }

    func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed? {
        guard !isDead else { throw .unavailable }
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
        let slice = try await store.read(partition, log, from: from, limit: limit, maxBytes: maxBytes)
        entries.add(slice.entries.count, ordering: .relaxed)
        return slice
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
