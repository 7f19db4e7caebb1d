import Core
import Logging
import NIOCore
import Storage
import Vault

/// Takes due items off the queues of asynchronous calls and sees each to its end.
struct EventWorker: Sendable {
    private let events: EventInvocations
    /// How long an item is taken for; a function that may run longer gets more before it starts.
    private let lease = Duration.seconds(60)

    init(_ events: EventInvocations) { self.events = events }

    /// Works until the task is cancelled.
    func run() async {
        await LaneWorker(
            board: events.board, store: events.store, partition: events.partition, prefix: EventInvocations.queues,
            lease: lease, name: "events", logger: events.logger
        ) { await carryOut($0) }.run()
    }

    private func carryOut(_ claimed: Claimed) async -> EventLanes.End {
        do {
            let item = try WorkItem(claimed.body)
            let reference = FunctionReference(name: item.function, qualifier: item.qualifier)
            guard let target = try await events.surroundings.resolve(events.partition.account, reference) else {
                return try await giveUp(claimed, "FunctionNotFound", item)
            }
            let key = try await events.surroundings.key(events.partition.account, item.function)
            let binding = EventInvocations.binding(events.partition.account, item.function, item.requestID)
            let content: EventContent
            do { content = try EventContent(try key.open(item.sealed, binding: binding)) } catch {
                // What its key does not open now it never will: the function is another one of the same name.
                return try await giveUp(claimed, "Unreadable: \(error)", item)
            }
            func outcome(_ answer: EventOutcome.Answer?, _ failure: String?) -> EventOutcome {
                EventOutcome(
                    item: item, event: content.payload, target: target, answer: answer, failure: failure,
                    channels: content.channels)
            }
            guard !events.policy.isTooOld(item, target.eventInvoke, now: .now) else {
                return try await fail(claimed, outcome(nil, RetryPolicy.tooOld))
            }
            let (attempt, answer) = try await run(item, content, on: target, claimed.lease)
            let decision = events.policy.decide(
                attempt, item: item, attempts: claimed.attempts, settings: target.eventInvoke, now: .now)
            switch decision {
            case .done:
                let outcome = outcome(answer, nil)
                try await events.deliveries.send(outcome.parcels + outcome.notices, with: [.ack(claimed.lease)])
                return .concluded
            case .deadLetter(let reason): return try await fail(claimed, outcome(answer, reason))
            case .retry(let delay, let countsAsError):
                return try await retry(item, claimed, after: delay, countsAsError: countsAsError)
            }
        } catch let error as WorkItem.Fault {
            return await setAside(claimed, error)
        } catch {
            // The lease runs out, and the item comes again: nothing is lost by doing nothing.
            events.logger.error("An asynchronous call could not be worked on.", metadata: ["reason": "\(error)"])
            return .retried(after: lease)
        }
    }

    private func run(
        _ item: WorkItem, _ content: EventContent, on target: ResolvedFunction, _ lease: Lease
    ) async throws -> (RetryPolicy.Attempt, EventOutcome.Answer?) {
        let longest = target.versions.map(\.configuration.timeout.seconds).max() ?? 0
        if longest > 20 { try await commit([.extend(lease, by: .seconds(longest + 60))]) }
        let invocation = Invocation(
            event: item.requestID.description, target: target, payload: ByteBuffer(bytes: content.payload),
            clientContext: content.clientContext, trace: item.trace.child(), descent: item.descent,
            isFirst: item.errors == 0)
        let result = await withCheckedContinuation { continuation in
            events.pool.eventLoop.execute {
                events.pool.assumeIsolated { $0.invoke(invocation) { continuation.resume(returning: $0) } }
            }
        }
        func answer(_ payload: ByteBuffer, isError: Bool) -> EventOutcome.Answer {
            EventOutcome.Answer(
                payload: Array(payload.readableBytesView), version: result.executedVersion, isError: isError)
        }
        return switch result.outcome {
        case .success(let payload): (.succeeded, answer(payload, isError: false))
        case .functionError(let payload): (.failed(kind: "Unhandled"), answer(payload, isError: true))
        case .throttled(let throttle): (.notRun(reason: "\(throttle)"), nil)
        case .refused(.overBudget(let item, _, _)) where item.isFinal: (.refused(budget: item), nil)
        case .refused: (.held, nil)
        case .unavailable(let failure): (.notRun(reason: "\(failure)"), nil)
        }
    }

    private func retry(
        _ item: WorkItem, _ claimed: Claimed, after delay: Duration, countsAsError: Bool
    ) async throws -> EventLanes.End {
        guard countsAsError else {
            try await commit([.nack(claimed.lease, delay: delay)])
            return .throttled(after: delay)
        }
        var next = item
        next.errors += 1
        let queue = EventInvocations.queue(of: item.function)
        try await commit([.ack(claimed.lease), .enqueue(queue, body: next.bytes, delay: delay)])
        return .retried(after: delay)
    }

    /// The function's own places for what failed get it; the dead letters do where it has none.
    private func fail(_ claimed: Claimed, _ outcome: EventOutcome) async throws -> EventLanes.End {
        let parcels = outcome.parcels
        guard !parcels.isEmpty else { return try await giveUp(claimed, outcome.failure ?? "", outcome.item, outcome) }
        let news = await news(of: outcome.item, outcome.failure ?? "", outcome)
        try await events.deliveries.send(parcels + outcome.notices, with: [.ack(claimed.lease)] + news.operations)
        news.committed()
        return .concluded
    }

    /// The event of a call that is given up, which is written with its end.
    private func news(of item: WorkItem, _ reason: String, _ outcome: EventOutcome?) async -> Deliveries.Prepared {
        let answer = outcome?.answer
        return await events.happenings?.prepared(
            .callFailed(
                function: outcome?.target.invokedARN ?? item.function.text, request: item.requestID, reason: reason,
                attempts: item.errors + (answer == nil ? 0 : 1), version: answer?.version,
                isFunctionError: answer?.isError == true, item.descent, item.trace, at: .now)) ?? .nothing
    }

    private func giveUp(
        _ claimed: Claimed, _ reason: String, _ item: WorkItem, _ outcome: EventOutcome? = nil
    ) async throws -> EventLanes.End {
        let news = await news(of: item, reason, outcome)
        try await events.deliveries.send(
            outcome?.notices ?? [],
            with: [.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: reason)] + news.operations)
        news.committed()
        events.logger.warning(
            "An asynchronous call went to the dead letters.",
            metadata: [
                "invocation.id": "\(item.requestID)", "function": "\(item.function)", "reason": "\(reason)",
                "lineage": "\(item.lineage)", "trace": "\(item.trace.traceparent)",
            ])
        return .concluded
    }

    /// An item that says nothing we understand goes to the dead letters too.
    private func setAside(_ claimed: Claimed, _ fault: WorkItem.Fault) async -> EventLanes.End {
        do {
            try await commit([
                .deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: "Malformed: \(fault)")
            ])
            return .concluded
        } catch {
            events.logger.error("A malformed work item could not be set aside.", metadata: ["reason": "\(error)"])
            return .retried(after: lease)
        }
    }

    private func commit(_ operations: [WriteOperation]) async throws {
        _ = try await events.store.commit(events.partition, operations)
    }
}
