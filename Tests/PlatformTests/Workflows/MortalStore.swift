import Core
import Storage
import Synchronization

/// A store whose server dies: from one commit on nothing reaches it any more.
final class MortalStore: StoreAround {
    let store: MemoryStore
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

    func checkClaim() throws(StoreError) { if isDead { throw .unavailable } }

    func read(
        _ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int
    ) async throws(StoreError) -> LogSlice {
        let slice = try await store.read(partition, log, from: from, limit: limit, maxBytes: maxBytes)
        entries.add(slice.entries.count, ordering: .relaxed)
        return slice
    }
}
