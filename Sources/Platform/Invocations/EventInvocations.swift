import Core
import Dispatch
import Logging
import NIOCore
import Storage
import Vault

/// Asynchronous calls: taken in as work items, run when it is their turn, retried, and never lost.
///
/// A call is acknowledged only after its item is committed; calls that come together are committed together. Items are
/// claimed with a lease, so what a killed server had in hand is run again by the next one, at once. Lives on the pool's event loop.
package actor EventInvocations {
    /// What became of a call that wants in.
    package enum Acceptance: Sendable {
        case accepted
        /// The queue holds all it may.
        case full(limit: Int)
        /// A stop or a budget stands in its way.
        case refused(GovernorRefusal)
        case failed(StoreFault)
    }

    package typealias Completion = @Sendable (Acceptance) -> Void

    /// What this feature asks of the rest of the platform.
    package struct Surroundings: Sendable {
        /// The key that seals a function's events.
        package let key: @Sendable (AccountID, FunctionName) async throws -> SealingKey
        /// The same, if it can be had without waiting.
        package let knownKey: @Sendable (AccountID, FunctionName) -> SealingKey?
        /// The function as it is now; `nil` where it is gone.
        package let resolve: @Sendable (AccountID, FunctionReference) async throws -> ResolvedFunction?

        /// Takes three closures.
        package init(
            key: @escaping @Sendable (AccountID, FunctionName) async throws -> SealingKey,
            knownKey: @escaping @Sendable (AccountID, FunctionName) -> SealingKey? = { _, _ in nil },
            resolve: @escaping @Sendable (AccountID, FunctionReference) async throws -> ResolvedFunction?
        ) {
            self.key = key
            self.knownKey = knownKey
            self.resolve = resolve
        }
    }

    /// A call whose caller waits; shared by reference, because a call has a dozen parts and goes through many hands.
    final class Waiting: Sendable {
        let call: EventInvocation
        let completion: Completion

        init(call: EventInvocation, completion: @escaping Completion) {
            self.call = call
            self.completion = completion
        }
    }

    /// A function whose calls are sealed: most of a batch is for the same one.
    private struct Target {
        let account: AccountID
        let function: FunctionName
        let queue: QueueID
        let key: SealingKey

        init(_ call: EventInvocation, key: SealingKey) {
            account = call.account
            function = call.function
            queue = EventInvocations.queue(of: call.function)
            self.key = key
        }

        func isTarget(of call: EventInvocation) -> Bool { call.function == function && call.account == account }

        /// The call as it is written down.
        func enqueued(_ call: EventInvocation) -> WriteOperation {
            .enqueue(queue, body: WorkItem.bytes(of: call, sealedWith: key))
        }
    }

    /// Calls and what is written down of each, in the same order.
    private struct Batch: Sendable {
        var entries: [Waiting] = []
        var operations: [WriteOperation] = []
        /// Every queue that something is put into, once.
        var queues: [QueueID] = []
        /// What they carry, before it is sealed.
        var bytes = 0

        mutating func append(_ entry: Waiting, _ target: Target) {
            entries.append(entry)
            operations.append(target.enqueued(entry.call))
            bytes += entry.call.payload.readableBytes
            if !queues.contains(target.queue) { queues.append(target.queue) }
        }
    }

    /// The queues of calls begin with this; each function has one, so that none waits behind another's calls.
    static let queues = "events"
    /// Items that can never succeed end here, where their owner finds them.
    package static let deadLetters = QueueID("dead-letters")
    /// Calls that wait for their commit, and calls of one batch: few enough that the next ones are read and sealed while
    /// the first are on their way to the disk.
    static let waitingLimit = 8192
    static let batchSize = 16
    /// Bytes of payload after which a batch ends: with one more call it is still no more than the store takes at once.
    static let batchBytes = 4 << 20
    /// Keys that are fetched at one time.
    private static let fetchers = 16
    /// Items in work at one time, of one function to begin with, and of all: enough to keep the processors busy, and too
    /// few to start a sandbox for each of a flood.
    static let laneLimit = max(16, 8 * System.coreCount)
    static let workLimit = 1000

    private nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the event loop outlives the actor, which holds it.
        unsafe eventLoop.executor.asUnownedSerialExecutor()
    }

    nonisolated let store: any Store
    nonisolated let pool: Pool
    nonisolated let governor: Governor
    nonisolated let deliveries: Deliveries
    nonisolated let surroundings: Surroundings
    nonisolated let policy: RetryPolicy
    /// Who is told of calls that were given up.
    nonisolated let happenings: PlatformEvents?
    nonisolated let logger: Logger
    nonisolated let partition: Partition
    nonisolated let board = LaneBoard(EventLanes(laneLimit: laneLimit, totalLimit: workLimit))
    private nonisolated let keyless: AsyncStream<Waiting>
    private nonisolated let fetching: AsyncStream<Waiting>.Continuation
    private nonisolated let sealing = DispatchQueue(label: "events.sealing")
    private var gathered: [Waiting] = []
    private var waiting = 0

    /// Works on one account's queues in `store`; results go to their destinations through `deliveries`.
    package init(
        account: AccountID, store: any Store, pool: Pool, governor: Governor, deliveries: Deliveries,
        surroundings: Surroundings, policy: RetryPolicy = RetryPolicy(), happenings: PlatformEvents? = nil,
        logger: Logger
    ) {
        eventLoop = pool.eventLoop
        self.store = store
        self.pool = pool
        self.governor = governor
        self.deliveries = deliveries
        self.surroundings = surroundings
        self.policy = policy
        self.happenings = happenings
        self.logger = logger
        partition = Partition(account: account)
        (keyless, fetching) = AsyncStream.makeStream(of: Waiting.self)
    }

    /// The queue of a function's calls.
    package static func queue(of function: FunctionName) -> QueueID { QueueID("\(queues)/\(function)") }

    /// Somebody has put a call into a queue.
    package nonisolated func look(at queue: QueueID) { board.arrived([queue]) }

    /// A rule was given or lifted: what it let wait is looked at anew.
    package nonisolated func ruled() { board.change { $0.resumeAll(now: $1) } }

    /// Takes a call in; the completion comes on the event loop, once it is durable or refused.
    package func accept(_ call: EventInvocation, _ completion: @escaping Completion) {
        let governed = GovernedCall(kind: .event, function: call.key, descent: call.descent)
        let verdict = governor.assumeIsolated { governor in
            Result { () throws(GovernorRefusal) in try governor.accept(governed) }
        }
        if case .failure(let refusal) = verdict { return completion(.refused(refusal)) }
        guard waiting < Self.waitingLimit else { return completion(.full(limit: Self.waitingLimit)) }
        waiting += 1
        gathered.append(Waiting(call: call, completion: completion))
        if gathered.count == Self.batchSize { send() }
        // What else can be read now may still come into the same batch.
        if gathered.count == 1 { eventLoop.execute { self.assumeIsolated { $0.send() } } }
    }

    /// Commits what comes in, and works on what is due, until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Self.fetchers { group.addTask { await self.fetchKeys() } }
            group.addTask { await EventWorker(self).run() }
        }
    }

    /// Lets a batch be sealed: not here, where every request is read and answered.
    private func send() {
        guard !gathered.isEmpty else { return }
        let batch = gathered
        gathered = []
        gathered.reserveCapacity(Self.batchSize)
        sealing.async { [self] in
            var sealed = Batch()
            var target: Target?
            for entry in batch {
                if target?.isTarget(of: entry.call) != true {
                    target = surroundings.knownKey(entry.call.account, entry.call.function)
                        .map { Target(entry.call, key: $0) }
                }
                if let target { sealed.append(entry, target) } else { fetching.yield(entry) }
                if sealed.bytes >= Self.batchBytes {
                    commit(sealed)
                    sealed = Batch()
                }
            }
            if !sealed.entries.isEmpty { commit(sealed) }
        }
    }

    private nonisolated func commit(_ batch: Batch) { commit(batch.entries, batch.operations, in: batch.queues) }

    private nonisolated func commit(_ entries: [Waiting], _ operations: [WriteOperation], in queues: [QueueID]) {
        store.commit(partition, operations, id: nil) { [self] result in
            switch result {
            case .success:
                board.arrived(queues)
                answer(entries, .accepted)
            // One full queue is no reason to refuse calls of others.
            case .failure(.queueFull) where entries.count > 1:
                for (entry, operation) in zip(entries, operations) { commit([entry], [operation], in: queues) }
            case .failure(.queueFull): answer(entries, .full(limit: StoreLimits().queueDepth))
            case .failure(let error):
                logger.error("Asynchronous calls could not be stored.", metadata: ["reason": "\(error)"])
                answer(entries, .failed(StoreFault(error)))
            }
        }
    }

    private nonisolated func answer(_ entries: [Waiting], _ outcome: Acceptance) {
        eventLoop.execute {
            self.assumeIsolated { events in
                events.waiting -= entries.count
                for entry in entries { entry.completion(outcome) }
            }
        }
    }

    /// Fetches keys that nobody has asked for lately.
    @concurrent
    private nonisolated func fetchKeys() async {
        for await entry in keyless {
            do {
                let key = try await surroundings.key(entry.call.account, entry.call.function)
                let target = Target(entry.call, key: key)
                commit([entry], [target.enqueued(entry.call)], in: [target.queue])
            } catch {
                logger.error("A key could not be had.", metadata: ["reason": "\(error)"])
                eventLoop.execute {
                    self.assumeIsolated { $0.waiting -= 1 }
                    entry.completion(.failed(StoreFault(error)))
                }
            }
        }
    }

    /// The call as it is put into its function's queue, sealed.
    nonisolated func item(of call: EventInvocation) async throws -> [UInt8] {
        WorkItem.bytes(of: call, sealedWith: try await surroundings.key(call.account, call.function))
    }

    static func binding(_ account: AccountID, _ function: FunctionName, _ request: RequestID) -> Binding {
        Binding(account: account, resource: "function/\(function)", use: "event/\(request)")
    }
}
