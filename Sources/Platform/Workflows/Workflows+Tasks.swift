import Core
import Logging
import StatesLanguage
import Storage

/// Having tasks done.
extension Workflows {
    /// How long a task is taken for until it begins.
    private static let lease = Duration.seconds(60)
    /// How long a task rests that could not be dealt with.
    private static let pause = Duration.seconds(5)

    func doTasks() async {
        await LaneWorker(
            board: board, store: store, partition: partition, prefix: TaskItem.queues, lease: Self.lease,
            name: "workflows", logger: logger
        ) { await self.carryOut($0) }.run()
    }

    /// Sees a task that was taken off its queue to its end.
    func carryOut(_ claimed: Claimed) async -> EventLanes.End {
        do throws(WorkflowError) {
            // What is no item was not written by us.
            guard let item = try? TaskItem(claimed.body) else {
                try await commit([
                    .deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: "Unreadable task")
                ])
                return .concluded
            }
            return try await carryOut(item, claimed.lease)
        } catch .executionMissing, .keys(.erased) {
            return await finish(claimed.lease)
        } catch {
            // The lease runs out, and the task comes again; the history says that it began.
            logger.error("A task could not be worked on.", metadata: ["reason": "\(error)"])
            return .retried(after: Self.lease)
        }
    }

    private func carryOut(_ item: TaskItem, _ lease: Lease) async throws(WorkflowError) -> EventLanes.End {
        let (kept, execution) = try await look(at: item.execution)
        guard case .task(let order)? = execution?.open[item.work] else { return await finish(lease) }
        guard let service = service(for: order.target) else {
            return try await conclude(
                item, lease,
                .failed(
                    error: ErrorName.runtime, cause: "The resource '\(order.resource)' is not served here."))
        }
        let call = call(order, item, kept)
        if let delay = await service.delay(of: call) {
            try await commit([.nack(lease, delay: delay)])
            return .throttled(after: delay)
        }
        // The history says that the task begins before it does: whatever happens then, it can be seen.
        let more = WriteOperation.extend(lease, by: TaskCall.longest + Self.lease)
        guard try await tell(item.execution, with: [more], { _, _ in [.taskStarted(work: item.work)] }) else {
            return await finish(lease)
        }
        return try await conclude(item, lease, await service.performPatiently(call))
    }

    private func conclude(_ item: TaskItem, _ lease: Lease, _ end: TaskEnd) async throws(WorkflowError)
        -> EventLanes.End
    {
        let occurrence: Occurrence
        switch end {
        case .succeeded(let output): occurrence = .taskSucceeded(work: item.work, output: output)
        case .submitted(let output): occurrence = .taskSubmitted(work: item.work, output: output)
        case .failed where isStopping: return .retried(after: Self.lease)
        case .failed(let error, let cause): occurrence = .taskFailed(work: item.work, error: error, cause: cause)
        case .interrupted: return .retried(after: Self.lease)
        case .postponed(let delay):
            try await commit([.nack(lease, delay: delay)])
            return .throttled(after: delay)
        }
        try await tell(item.execution, with: [.ack(lease)]) { _, _ in [occurrence] }
        return .concluded
    }

    private func finish(_ lease: Lease) async -> EventLanes.End {
        do {
            try await commit([.ack(lease)])
            return .concluded
        } catch {
            return .retried(after: Self.pause)
        }
    }

    private func call(_ order: TaskOrder, _ item: TaskItem, _ kept: Kept) -> TaskCall {
        TaskCall(
            id: RequestID(), account: account, region: region, execution: item.execution,
            executionARN: arn(item.execution), machineARN: machines.arn(item.execution.machine), role: kept.record.role,
            order: order, token: tokens?.token(item.execution, work: item.work) ?? "", descent: kept.record.descent,
            trace: kept.record.trace.child())
    }
}
