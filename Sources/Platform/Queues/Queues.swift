import Core
import Logging
import Storage
import Synchronization

/// The queues of all accounts, and their messages.
///
/// A message is an item of a queue of the store: hidden means leased, the receive count is the item's attempts, and a
/// receipt handle is the lease, sealed. What is acknowledged is committed. The actor makes and changes queues; messages
/// pass beside it, for any thread.
package actor Queues {
    /// How long a name stays taken after its queue was deleted, and how long a queue rests between two purges.
    static let pause = Duration.seconds(60)
    private static let attempts = 10

    package nonisolated let region: Region
    nonisolated let store: any Store
    nonisolated let records: QueueRecords
    nonisolated let logger: Logger
    nonisolated let receiveAttempts = ReceiveAttempts()
    /// Who is told of queues that grow, and of which it was told.
    nonisolated let happenings: PlatformEvents?
    nonisolated let watch = Mutex(QueueWatch())
    /// Who sends more than others to standard queues.
    nonisolated let shares = Mutex(FairShares(limit: 32_768))
    /// Messages of a queue that may be in hand at one time, and of which queues so many are.
    private nonisolated let handful: Int
    private nonisolated let crowded: LatelyRead<QueueID, Bool>
    /// What queues were lately, until they change.
    private nonisolated let known: LatelyRead<QueueAddress, Queue>
    private var deleted: [QueueAddress: Instant] = [:]
    private var purged: [QueueAddress: Instant] = [:]

    /// Keeps queues in a store.
    package init(
        store: any Store, keys: Keys, region: Region, happenings: PlatformEvents? = nil, logger: Logger,
        cached: Int = 4096, trust: Duration = .seconds(5), handful: Int = 120_000
    ) {
        self.handful = handful
        self.store = store
        self.region = region
        self.logger = logger
        self.happenings = happenings
        records = QueueRecords(store: store, keys: keys)
        known = LatelyRead(limit: cached, trust: trust)
        crowded = LatelyRead(limit: 4096, trust: trust)
    }

    /// A queue as it is now; as another server on the store has changed it, a few seconds later.
    package nonisolated func queue(_ address: QueueAddress) async throws(QueueError) -> Queue {
        if let known = known[address] { return known }
        return try await load(address).queue
    }

    /// Makes a queue; one of that name with the same attributes is taken as it is.
    package func create(
        _ address: QueueAddress, attributes: [(name: String, value: String)], tags: [String: String]
    ) async throws(QueueError) -> Queue {
        var settings = QueueSettings(isFIFO: address.name.isFIFO)
        try QueueAttributes.set(attributes, of: &settings, region: region)
        for _ in 0..<Self.attempts {
            if let found = try await records.read(address) {
                let names = attributes.map(\.name)
                if let name = found.queue.state.difference(to: settings, among: names, region: region) {
                    throw .exists(attribute: name)
                }
                return found.queue
            }
            guard !isRecent(deleted[address]) else { throw .deletedRecently }
            try await check(settings, of: address)
            let state = try QueueState(settings: settings, tags: tags, at: try await now())
            let queue = try await records.make(address, state)
            if try await records.write(queue, expect: .absent) {
                forget(address)
                return queue
            }
            try await records.erase(queue)
        }
        throw .contended
    }

    /// Changes what is kept about a queue.
    package func change(
        _ address: QueueAddress, _ body: @Sendable (inout QueueState, Instant) throws(QueueError) -> Void
    ) async throws(QueueError) {
        for _ in 0..<Self.attempts {
            guard let found = try await records.read(address) else { throw .missing }
            var state = found.queue.state
            try body(&state, try await now())
            if state.settings.redrive != found.queue.settings.redrive { try await check(state.settings, of: address) }
            let queue = Queue(
                address: address, state: state, incarnation: found.queue.incarnation, key: found.queue.key)
            guard try await records.write(queue, expect: .version(found.version)) else { continue }
            forget(address)
            return
        }
        throw .contended
    }

    /// Sets attributes of a queue.
    package func set(
        _ attributes: [(name: String, value: String)], of address: QueueAddress
    ) async throws(QueueError) {
        let region = region
        try await change(address) { (state, now) throws(QueueError) in
            var settings = state.settings
            try QueueAttributes.set(attributes, of: &settings, region: region)
            state.set(settings, at: now)
        }
    }

    /// Deletes a queue, its messages and its key.
    package func delete(_ address: QueueAddress) async throws(QueueError) {
        for _ in 0..<Self.attempts {
            guard let found = try await records.read(address) else { throw .missing }
            let isDone = try await records.delete(found)
            forget(address)
            guard isDone else { continue }
            let now = try await now()
            deleted = deleted.filter { isRecent($0.value) }
            deleted[address] = now
            return
        }
        throw .contended
    }

    /// Deletes all messages of a queue.
    package func purge(_ address: QueueAddress) async throws(QueueError) {
        let queue = try await queue(address)
        guard !isRecent(purged[address]) else { throw .purgedRecently(address.name) }
        purged = purged.filter { isRecent($0.value) }
        purged[address] = .now
        _ = try await commit([.dropQueue(queue.items)], queue)
    }

    /// A page of the queues of an account, in the order of their names.
    package nonisolated func names(
        in account: AccountID, prefix: String, after: QueueName?, limit: Int
    ) async throws(QueueError) -> (names: [QueueName], next: QueueName?) {
        try await records.names(in: account, prefix: prefix, after: after, limit: limit)
    }

    /// How many messages a queue holds.
    package nonisolated func depth(of queue: Queue) async throws(QueueError) -> QueueDepth {
        QueueDepth(try await stats(queue))
    }

    /// Whether so many messages of a queue are in hand that nobody gets more; looked at every few seconds.
    nonisolated func isCrowded(_ queue: Queue) async throws(QueueError) -> Bool {
        if let known = crowded[queue.items] { return known }
        let before = crowded.changes
        let isCrowded = try await stats(queue).inFlight >= handful
        crowded.keep(isCrowded, for: queue.items, ifUnchangedSince: before)
        return isCrowded
    }

    nonisolated func stats(_ queue: Queue) async throws(QueueError) -> QueueStats {
        do { return try await store.stats(queue.partition, queue.items) } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    nonisolated func commit(
        _ operations: [WriteOperation], _ queue: Queue
    ) async throws(QueueError) -> [OperationResult] {
        do throws(StoreError) { return try await store.commit(queue.partition, operations) } catch {
            switch error {
            case .queueFull: throw .full
            default: throw .storageFailed(StoreFault(error))
            }
        }
    }

    nonisolated func now() async throws(QueueError) -> Instant {
        do { return try await store.now() } catch { throw .storageFailed(StoreFault(error)) }
    }

    private func load(_ address: QueueAddress) async throws(QueueError) -> QueueRecords.Found {
        while true {
            let before = known.changes
            guard let found = try await records.read(address) else { throw .missing }
            if known.keep(found.queue, for: address, ifUnchangedSince: before) { return found }
        }
    }

    /// Before a change is acknowledged: what is known of a queue is old.
    private func forget(_ address: QueueAddress) { known.forget(address) }

    /// Refuses a dead-letter queue that cannot be one.
    private func check(_ settings: QueueSettings, of address: QueueAddress) async throws(QueueError) {
        guard let redrive = settings.redrive else { return }
        func refusal(_ reason: String) -> QueueError {
            let text = QueueAttributes.texts(of: settings, region: region).first { $0.name == "RedrivePolicy" }?.value
            return .badValue(text ?? "", parameter: "RedrivePolicy", reason: reason)
        }
        guard redrive.target.account == address.account else {
            throw refusal("Dead-letter target owner should be same as the source.")
        }
        guard redrive.target != address else { throw refusal("Dead-letter queue must not be the queue itself.") }
        guard let target = try await records.read(redrive.target)?.queue else {
            throw refusal("Dead letter target does not exist.")
        }
        guard target.isFIFO == address.name.isFIFO else {
            throw refusal("Dead-letter queue must be same type of queue as the source.")
        }
        guard target.settings.redriveAllow?.allows(address) ?? true else {
            throw refusal("Dead-letter queue's redrive allow policy does not allow this source queue.")
        }
    }

    private func isRecent(_ time: Instant?) -> Bool {
        time.map { Instant.now < $0.advanced(milliseconds: Self.pause.milliseconds) } ?? false
    }
}
