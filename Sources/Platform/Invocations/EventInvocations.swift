import Core
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
        case failed(reason: String)
    }

    package typealias Completion = @Sendable (Acceptance) -> Void

    /// What this feature asks of the rest of the platform.
    package struct Surroundings: Sendable {
        /// The key that seals a function's events.
        package let key: @Sendable (AccountID, FunctionName) async throws -> SealingKey
        /// The function as it is now; `nil` where it is gone.
        package let resolve: @Sendable (AccountID, FunctionReference) async throws -> ResolvedFunction?

        /// Takes two closures.
        package init(
            key: @escaping @Sendable (AccountID, FunctionName) async throws -> SealingKey,
            resolve: @escaping @Sendable (AccountID, FunctionReference) async throws -> ResolvedFunction?
        ) {
            self.key = key
            self.resolve = resolve
        }
    }

    struct Waiting: Sendable {
        let call: EventInvocation
        let completion: Completion
    }

    /// The queues of calls begin with this; each function has one, so that none waits behind another's calls.
    static let queues = "events"
    /// Items that can never succeed end here, where their owner finds them.
    package static let deadLetters = QueueID("dead-letters")
    /// Calls that wait for their commit, and calls of one batch: few enough that the next ones are read and sealed while
    /// the first are on their way to the disk.
    static let waitingLimit = 8192
    static let batchSize = 4
    private static let takers = 16
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
    nonisolated let surroundings: Surroundings
    nonisolated let policy: RetryPolicy
    nonisolated let logger: Logger
    nonisolated let partition: Partition
    nonisolated let board = LaneBoard(EventLanes(laneLimit: laneLimit, totalLimit: workLimit))
    private nonisolated let batches: AsyncStream<[Waiting]>
    private nonisolated let sending: AsyncStream<[Waiting]>.Continuation
    private var gathered: [Waiting] = []
    private var waiting = 0

    /// Works on one account's queue in `store`.
    package init(
        account: AccountID, store: any Store, pool: Pool, governor: Governor, surroundings: Surroundings,
        policy: RetryPolicy = RetryPolicy(),
        logger: Logger
    ) {
        eventLoop = pool.eventLoop
        self.store = store
        self.pool = pool
        self.governor = governor
        self.surroundings = surroundings
        self.policy = policy
        self.logger = logger
        partition = Partition(account: account)
        (batches, sending) = AsyncStream.makeStream(of: [Waiting].self)
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
            for _ in 0..<Self.takers { group.addTask { await self.takeIn() } }
            group.addTask { await EventWorker(self).run() }
        }
    }

    private func send() {
        guard !gathered.isEmpty else { return }
        sending.yield(gathered)
        gathered = []
        gathered.reserveCapacity(Self.batchSize)
    }

    private func answer(_ batch: [Waiting], _ outcome: Acceptance) {
        waiting -= batch.count
        for entry in batch { entry.completion(outcome) }
    }

    @concurrent
    private nonisolated func takeIn() async {
        for await batch in batches {
            let outcome = await commit(batch)
            eventLoop.execute { self.assumeIsolated { $0.answer(batch, outcome) } }
        }
    }

    private nonisolated func commit(_ batch: [Waiting]) async -> Acceptance {
        do {
            var operations: [WriteOperation] = []
            operations.reserveCapacity(batch.count)
            var touched: Set<QueueID> = []
            for entry in batch {
                let queue = Self.queue(of: entry.call.function)
                touched.insert(queue)
                operations.append(.enqueue(queue, body: try await item(of: entry.call).bytes))
            }
            _ = try await store.commit(partition, operations)
            board.arrived(touched)
            return .accepted
        } catch StoreError.queueFull {
            return .full(limit: StoreLimits().queueDepth)
        } catch {
            logger.error("Asynchronous calls could not be stored.", metadata: ["reason": "\(error)"])
            return .failed(reason: "\(error)")
        }
    }

    /// The call as it is put into its function's queue, sealed.
    nonisolated func item(of call: EventInvocation) async throws -> WorkItem {
        let key = try await surroundings.key(call.account, call.function)
        let content = EventContent(payload: Array(call.payload.readableBytesView), clientContext: call.clientContext)
        let binding = Self.binding(call.account, call.function, call.requestID)
        return WorkItem(
            requestID: call.requestID, function: call.function, qualifier: call.qualifier, descent: call.descent,
            trace: call.trace, accepted: call.accepted, sealed: try key.seal(content.bytes, binding: binding))
    }

    static func binding(_ account: AccountID, _ function: FunctionName, _ request: RequestID) -> Binding {
        Binding(account: account, resource: "function/\(function)", use: "event/\(request)")
    }
}
