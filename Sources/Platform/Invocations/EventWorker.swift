import Core
import Logging
import NIOCore
import Storage
import Synchronization
import Vault

/// Takes due items off the queue of asynchronous calls and sees each to its end.
struct EventWorker: Sendable {
    private let events: EventInvocations
    private let slots = Slots(limit: EventInvocations.workLimit)
    private let worker = WorkerID("events")
    /// How long an item is taken for; a function that may run longer gets more before it starts.
    private let lease = Duration.seconds(60)
    private let claimSize = 32

    init(_ events: EventInvocations) { self.events = events }

    /// Claims and works until the task is cancelled.
    @concurrent
    func run() async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            let hints = events.store.wakeups([.queue(events.partition, EventInvocations.queue)])
            group.addTask { for await _ in hints { signal.yield() } }
            group.addTask { await tick(signal) }
            signal.yield()
            for await _ in signals {
                while case let free = min(claimSize, slots.free), free > 0 {
                    let claimed = await claim(free)
                    slots.take(claimed.count)
                    for item in claimed {
                        group.addTask {
                            await work(item)
                            if slots.release() { signal.yield() }
                        }
                    }
                    guard claimed.count == free else { break }
                }
            }
            group.cancelAll()
        }
    }

    /// Hints may get lost and delays run out: look twice a second in any case.
    private func tick(_ signal: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(500)) } catch { break }
            signal.yield()
        }
        signal.finish()
    }

    private func claim(_ count: Int) async -> [Claimed] {
        do {
            return try await events.store.claim(
                events.partition, EventInvocations.queue, max: count, lease: lease, worker: worker)
        } catch {
            events.logger.warning("Due calls could not be claimed.", metadata: ["reason": "\(error)"])
            return []
        }
    }

    private func work(_ claimed: Claimed) async {
        do {
            let item = try WorkItem(claimed.body)
            let reference = FunctionReference(name: item.function, qualifier: item.qualifier)
            guard let target = try await events.surroundings.resolve(events.partition.account, reference) else {
                return try await setAside(claimed, item, reason: "FunctionNotFound")
            }
            let attempt = try await run(item, on: target, claimed.lease)
            try await conclude(attempt, item, claimed, target.eventInvoke)
        } catch let error as WorkItem.Fault {
            await giveUp(claimed, "Malformed: \(error)")
        } catch {
            // The lease runs out, and the item comes again: nothing is lost by doing nothing.
            events.logger.error("An asynchronous call could not be worked on.", metadata: ["reason": "\(error)"])
        }
    }

    private func run(_ item: WorkItem, on target: ResolvedFunction, _ lease: Lease) async throws -> RetryPolicy.Attempt
    {
        let key = try await events.surroundings.key(events.partition.account, item.function)
        let binding = EventInvocations.binding(events.partition.account, item.function, item.requestID)
        let content = try EventContent(try key.open(item.sealed, binding: binding))
        let longest = target.versions.map(\.configuration.timeout.seconds).max() ?? 0
        if longest > 20 { try await commit([.extend(lease, by: .seconds(longest + 60))]) }
        let invocation = Invocation(
            id: item.requestID.description, target: target, payload: ByteBuffer(bytes: content.payload),
            clientContext: content.clientContext, trace: item.trace.child(), lineage: item.lineage)
        let result = await withCheckedContinuation { continuation in
            events.pool.eventLoop.execute {
                events.pool.assumeIsolated { $0.invoke(invocation) { continuation.resume(returning: $0) } }
            }
        }
        return switch result.outcome {
        case .success: .succeeded
        case .functionError: .failed(kind: "Unhandled")
        case .throttled(let throttle): .notRun(reason: "\(throttle)")
        case .unavailable(let failure): .notRun(reason: "\(failure)")
        }
    }

    private func conclude(
        _ attempt: RetryPolicy.Attempt, _ item: WorkItem, _ claimed: Claimed, _ settings: EventInvokeConfiguration
    ) async throws {
        let decision = events.policy.decide(
            attempt, item: item, attempts: claimed.attempts, settings: settings, now: .now)
        switch decision {
        case .done: try await commit([.ack(claimed.lease)])
        case .retry(let delay, countsAsError: false): try await commit([.nack(claimed.lease, delay: delay)])
        case .retry(let delay, countsAsError: true):
            var next = item
            next.errors += 1
            try await commit([.ack(claimed.lease), .enqueue(EventInvocations.queue, body: next.bytes, delay: delay)])
        case .deadLetter(let reason): try await setAside(claimed, item, reason: reason)
        }
    }

    private func setAside(_ claimed: Claimed, _ item: WorkItem, reason: String) async throws {
        try await commit([.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: reason)])
        events.logger.warning(
            "An asynchronous call went to the dead letters.",
            metadata: [
                "invocation.id": "\(item.requestID)", "function": "\(item.function)", "reason": "\(reason)",
                "lineage": "\(item.lineage)", "trace": "\(item.trace.traceparent)",
            ])
    }

    private func giveUp(_ claimed: Claimed, _ reason: String) async {
        do {
            try await commit([.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: reason)])
        } catch {
            events.logger.error("A malformed work item could not be set aside.", metadata: ["reason": "\(error)"])
        }
    }

    private func commit(_ operations: [WriteOperation]) async throws {
        _ = try await events.store.commit(events.partition, operations)
    }
}

/// How many items are in work, counted across tasks.
private final class Slots: Sendable {
    private let limit: Int
    private let busy = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var free: Int { limit - busy.load(ordering: .relaxed) }

    func take(_ count: Int) { busy.add(count, ordering: .relaxed) }

    /// Gives one back; true where all were taken, so that somebody may wait for it.
    func release() -> Bool { busy.subtract(1, ordering: .relaxed).oldValue >= limit }
}
