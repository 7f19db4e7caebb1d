import Core
import GRDB

/// The store in one SQLite file: for one machine, nothing to install.
///
/// Writes are grouped: one thread writes all that waits with one fsync. Reads go to snapshots beside it, but for records that
/// were read lately and not written since. If the disk fails under a write the store answers `unavailable` from then on, and
/// tells its owner through `failures`.
///
/// The folder has one owner at a time, so a lease that is there when the store is opened is that of a process which is
/// gone: opening gives the item back at once, its attempts counted.
package final class SQLiteStore: Store {
    /// Ends when the store is closed; gives one failure if the store ended itself.
    package let failures: AsyncStream<StoreFailure>

    private let pool: DatabasePool
    private let lock: FolderLock
    private let inbox: Inbox
    private let health = Health()
    private let hot = HotRecords()
    private let hub = Wakeups()
    private let clock: StoreClock
    private let limits: StoreLimits
    private let ended: AsyncStream<Never>

    /// Opens or makes the store in a folder; blocks, so it is called while the program starts.
    ///
    /// Its write-ahead log is moved into the database when it has `logPages` pages of 4 KB.
    package convenience init(
        folder: String, clock: StoreClock = .steady(), limits: StoreLimits = StoreLimits(),
        waitingBytes: Int = 64 << 20, logPages: Int = Durability.checkpointPages
    ) throws(StoreOpenError) {
        try self.init(
            folder: folder, clock: clock, limits: limits, waitingBytes: waitingBytes, logPages: logPages, mutations: [:]
        )
    }

    /// The same, with some statements replaced by wrong ones.
    init(
        folder: String, clock: StoreClock, limits: StoreLimits, waitingBytes: Int = 64 << 20,
        logPages: Int = Durability.checkpointPages,
        mutations: [String: String]
    ) throws(StoreOpenError) {
        lock = try FolderLock(folder: folder)
        pool = try Self.openPool(folder: folder, mutations: mutations, at: clock.now)
        let checkpointer = try Self.openCheckpointer(folder: folder, logPages: logPages)
        inbox = Inbox(limit: waitingBytes)
        failures = health.failures
        self.clock = clock
        self.limits = limits
        let (ended, signal) = AsyncStream.makeStream(of: Never.self)
        self.ended = ended
        let committer = Committer(
            inbox: inbox, health: health, hot: hot, wakeups: hub, checkpointer: checkpointer)
        committer.start(on: pool, mutations: mutations, clock: clock, limits: limits) { [lock] in
            withExtendedLifetime(lock) { signal.finish() }
        }
    }

    deinit { inbox.close(.unavailable, refuseWaiting: false) }

    private static func openPool(
        folder: String, mutations: [String: String], at now: Instant
    ) throws(StoreOpenError) -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.busyMode = .timeout(Double(Durability.busyMilliseconds) / 1000)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = false
        do {
            let pool = try DatabasePool(path: file(in: folder), configuration: configuration)
            try pool.writeWithoutTransaction { database in
                try Durability.set(on: database)
                try Schema.prepare(database)
                let connection = Connection(database: database, mutations: mutations)
                try connection.prepare(QueueSQL.giveBackAll).run(.integer(now.milliseconds))
                // What a killed process had erased may still be in the log.
                try connection.prepare(Scrubber.checkpointSQL).run()
            }
            let code = FileCalls.synchronizeFolder(folder)
            guard code == 0 else { throw StoreOpenError.folder(code: code) }
            return pool
        } catch let error as StoreOpenError {
            throw error
        } catch {
            let failure = SQLiteFailure(error)
            throw .database(code: failure.code, message: failure.message)
        }
    }

    private static func openCheckpointer(folder: String, logPages: Int) throws(StoreOpenError) -> Checkpointer {
        do { return try Checkpointer(path: file(in: folder), logPages: logPages) } catch {
            let failure = SQLiteFailure(error)
            throw .database(code: failure.code, message: failure.message)
        }
    }

    private static func file(in folder: String) -> String { folder + "/store.sqlite" }

    /// Writes what waits, then closes the files.
    package func close() async {
        guard health.close() else { return }
        inbox.close(.unavailable, refuseWaiting: false)
        for await _ in ended {}
        hub.close()
        // After a failure SQLite may refuse; the process is about to end either way.
        if health.failure == nil { try? pool.close() }
        lock.release()
    }

    /// Applies all operations or none; what it acknowledges is durable.
    package func commit(
        _ partition: Partition, _ operations: [WriteOperation], id: CommitID?,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        let bytes: Int
        do throws(StoreError) { bytes = try limits.check(operations) } catch { return answer(.failure(error)) }
        let commit = Work.Commit(partition: partition, operations: operations, id: id)
        inbox.put(.commit(commit, bytes: bytes, answer))
    }

    /// Takes leases on items that are due; where there are none it only reads.
    package func claim(
        _ partition: Partition, _ queue: QueueID, max: Int, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> [Claimed] {
        let now = clock.now
        guard max > 0, try await read({ try $0.hasReady(partition, queue, at: now) }) else { return [] }
        let claim = Work.Claim(partition: partition, queue: queue, wanted: .due(max: max), lease: lease, worker: worker)
        return try await withCheckedContinuation { reply in inbox.put(.claim(claim, reply)) }.get()
    }

    /// Takes a lease on one item.
    package func claim(
        _ partition: Partition, _ queue: QueueID, item: ItemID, lease: Duration, worker: WorkerID
    ) async throws(StoreError) -> Claimed? {
        let claim = Work.Claim(partition: partition, queue: queue, wanted: .item(item), lease: lease, worker: worker)
        return try await withCheckedContinuation { reply in inbox.put(.claim(claim, reply)) }.get().first
    }

    /// The items of a queue.
    package func items(
        _ partition: Partition, _ queue: QueueID, after: ItemID?, limit: Int
    ) async throws(StoreError) -> [QueueItem] {
        try await read { try $0.items(partition, queue, after: after, limit: limit) }
    }

    /// The records of these keys.
    package func get(_ partition: Partition, _ keys: [RecordKey]) async throws(StoreError) -> [Record?] {
        guard health.isOpen else { throw .unavailable }
        let search = hot.search(partition, keys)
        if let found = search.found { return found }
        var records: [Record?] = []
        defer { hot.end(search, records) }
        records = try await read { try $0.get(partition, keys) }
        return records
    }

    /// Every partition that holds records.
    package func partitions() async throws(StoreError) -> [Partition] { try await read { try $0.partitions() } }

    /// A page of records.
    package func scan(
        _ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int
    ) async throws(StoreError) -> Page {
        try await read { try $0.scan(partition, query, after: after, limit: limit) }
    }

    /// The entries of a log from a sequence on.
    package func read(
        _ partition: Partition, _ log: LogID, from: Int64, limit: Int, maxBytes: Int
    ) async throws(StoreError) -> LogSlice {
        try await read { try $0.read(partition, log, from: from, limit: limit, maxBytes: maxBytes) }
    }

    /// How full a queue is now.
    package func stats(_ partition: Partition, _ queue: QueueID) async throws(StoreError) -> QueueStats {
        let now = clock.now
        return try await read { try $0.stats(partition, queue, at: now) }
    }

    /// The queues that hold items and whose names begin with `prefix`.
    package func dueTimes(_ partition: Partition, prefix: String) async throws(StoreError) -> [QueueDue] {
        try await read { try $0.dueTimes(partition, prefix: prefix) }
    }

    /// The store's clock.
    package func now() async throws(StoreError) -> Instant { clock.now }

    /// Hints that something happened, from commits of this process.
    package func wakeups(_ topics: Set<Topic>) -> AsyncStream<Topic> { hub.listen(to: topics) }

    /// Runs a read on one of the pool's own threads.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Reader) throws -> Value
    ) async throws(StoreError) -> Value {
        guard health.isOpen else { throw .unavailable }
        return try await withCheckedContinuation { (reply: CheckedContinuation<Result<Value, StoreError>, Never>) in
            pool.asyncRead { [health, inbox, limits] database in
                do {
                    reply.resume(returning: .success(try body(Reader(try database.get(), limits: limits))))
                } catch {
                    let failure = SQLiteFailure(error)
                    if failure.damagesReads {
                        health.fail(failure, during: .read)
                        inbox.close(.unavailable, refuseWaiting: true)
                    }
                    reply.resume(returning: .failure(.unavailable))
                }
            }
        }.get()
    }
}
