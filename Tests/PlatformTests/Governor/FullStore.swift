import Core
import Storage
import Synchronization

/// A store on a disk that is full for as long as a test says so: it can be read, and takes nothing.
final class FullStore: StoreAround {
    let isFull = Atomic<Bool>(false)
    let store: MemoryStore

    init(_ store: MemoryStore) { self.store = store }

    func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        guard !isFull.load(ordering: .relaxed) else { return answer(.failure(.full)) }
        store.commit(partition, operations, id: id, answer: answer)
    }

    func checkClaim() throws(StoreError) { if isFull.load(ordering: .relaxed) { throw .full } }
}
