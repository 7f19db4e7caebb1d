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

    /// The one queue of calls; items that can never succeed end in the other one, where their owner finds them.
    package static let queue = QueueID("events")
    package static let deadLetters = QueueID("dead-letters")
    /// Calls that wait for their commit, and calls of one commit.
    static let waitingLimit = 8192
    static let batchLimit = 512
    /// Items in work at one time: enough to keep the processors busy, and too few to start a sandbox for each of a flood.
    static let workLimit = max(16, 8 * System.coreCount)

    private nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the event loop outlives the actor, which holds it.
        unsafe eventLoop.executor.asUnownedSerialExecutor()
    }

    nonisolated let store: any Store
    nonisolated let pool: Pool
    nonisolated let surroundings: Surroundings
    nonisolated let policy: RetryPolicy
    nonisolated let logger: Logger
    nonisolated let partition: Partition
    private nonisolated let wake: AsyncStream<Void>
    private nonisolated let waking: AsyncStream<Void>.Continuation
    private var waiting: [Waiting] = []

    /// Works on one account's queue in `store`.
    package init(
        account: AccountID, store: any Store, pool: Pool, surroundings: Surroundings,
        policy: RetryPolicy = RetryPolicy(),
        logger: Logger
    ) {
        eventLoop = pool.eventLoop
        self.store = store
        self.pool = pool
        self.surroundings = surroundings
        self.policy = policy
        self.logger = logger
        partition = Partition(account: account)
        (wake, waking) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a call in; the completion comes on the event loop, once it is durable or refused.
    package func accept(_ call: EventInvocation, _ completion: @escaping Completion) {
        guard waiting.count < Self.waitingLimit else { return completion(.full(limit: Self.waitingLimit)) }
        waiting.append(Waiting(call: call, completion: completion))
        if waiting.count == 1 { waking.yield() }
    }

    /// Commits what comes in, and works on what is due, until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            // Two, so that one batch is sealed while the other is on its way to the disk.
            for _ in 0..<2 { group.addTask { await self.takeIn() } }
            group.addTask { await EventWorker(self).run() }
        }
    }

    private func takeBatch() -> [Waiting] {
        let batch = Array(waiting.prefix(Self.batchLimit))
        waiting.removeFirst(batch.count)
        if !waiting.isEmpty { waking.yield() }
        return batch
    }

    @concurrent
    private nonisolated func takeIn() async {
        for await _ in wake {
            let batch = await takeBatch()
            guard !batch.isEmpty else { continue }
            let outcome = await commit(batch)
            eventLoop.execute { for entry in batch { entry.completion(outcome) } }
        }
    }

    private nonisolated func commit(_ batch: [Waiting]) async -> Acceptance {
        do {
            var operations: [WriteOperation] = []
            operations.reserveCapacity(batch.count)
            for entry in batch { operations.append(.enqueue(Self.queue, body: try await seal(entry.call).bytes)) }
            _ = try await store.commit(partition, operations)
            return .accepted
        } catch StoreError.queueFull {
            return .full(limit: StoreLimits().queueDepth)
        } catch {
            logger.error("Asynchronous calls could not be stored.", metadata: ["reason": "\(error)"])
            return .failed(reason: "\(error)")
        }
    }

    private nonisolated func seal(_ call: EventInvocation) async throws -> WorkItem {
        let key = try await surroundings.key(call.account, call.function)
        let content = EventContent(payload: Array(call.payload.readableBytesView), clientContext: call.clientContext)
        let binding = Self.binding(call.account, call.function, call.requestID)
        return WorkItem(
            requestID: call.requestID, function: call.function, qualifier: call.qualifier, lineage: call.lineage,
            trace: call.trace, accepted: call.accepted, sealed: try key.seal(content.bytes, binding: binding))
    }

    static func binding(_ account: AccountID, _ function: FunctionName, _ request: RequestID) -> Binding {
        Binding(account: account, resource: "function/\(function)", use: "event/\(request)")
    }
}
