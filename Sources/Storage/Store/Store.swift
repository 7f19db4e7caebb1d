import Core

/// The durable store: one atomic batch of operations with preconditions, leases on queue items, and reads.
///
/// The model in `MemoryStore` is the specification; every engine answers as it does.
package protocol Store: Sendable {
    /// What became of a batch.
    typealias Answer = Result<[OperationResult], StoreError>

    /// Applies all operations or none; what it acknowledges is durable.
    ///
    /// The answer may come on any thread, and before this returns; it must not be kept waiting there.
    func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void)

    /// Takes leases on items that are due, highest priority first, then in the order they became due. Never waits.
    func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed]

    /// Takes a lease on one item, due or not; `nil` where it is gone, in somebody's hands, or behind another of its group.
    func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed?

    /// The items of a queue in the order of their arrival, whatever their state, behind one of them; at least one if
    /// there is one, however large.
    func items(
        _ partition: Partition, _ queue: QueueID, after: ItemID?, limit: Int
    ) async throws(StoreError) -> [QueueItem]

    /// The records of these keys, in this order, as they were at one moment.
    func get(_ partition: Partition, _ keys: [RecordKey]) async throws(StoreError) -> [Record?]

    /// Every partition that holds records.
    func partitions() async throws(StoreError) -> [Partition]

    /// A page of records. A page may hold fewer than `limit` and still have a next one.
    func scan(
        _ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int
    ) async throws(StoreError) -> Page

    /// The entries of a log from a sequence on; at least one if there is one, however small `maxBytes`.
    func read(
        _ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int
    ) async throws(StoreError) -> LogSlice

    /// How full a queue is now.
    func stats(_ partition: Partition, _ queue: QueueID) async throws(StoreError) -> QueueStats

    /// The queues that hold items and whose names begin with `prefix`, in the order of their names.
    func dueTimes(_ partition: Partition, prefix: String) async throws(StoreError) -> [QueueDue]

    /// The store's clock, which alone decides delays and leases.
    func now() async throws(StoreError) -> Instant

    /// Hints that something happened; some may get lost, so who waits must also look from time to time.
    func wakeups(_ topics: Set<Topic>) -> AsyncStream<Topic>
}

extension Store {
    /// Applies all operations or none; what it acknowledges is durable.
    package func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?
    ) async throws(StoreError) -> [OperationResult] {
        try await withCheckedContinuation { (reply: CheckedContinuation<Answer, Never>) in
            commit(partition, operations, id: id) { reply.resume(returning: $0) }
        }.get()
    }

    /// Applies all operations or none, without protection against a repeated call.
    package func commit(
        _ partition: Partition, _ operations: [WriteOperation]
    ) async throws(StoreError) -> [OperationResult] {
        try await commit(partition, operations, id: nil)
    }

    /// One record, if it is there.
    package func get(_ partition: Partition, _ key: RecordKey) async throws(StoreError) -> Record? {
        try await get(partition, [key]).first ?? nil
    }
}
