import Core
import StatesLanguage
import Storage

/// Handing tasks out to workers that ask for them.
extension Workflows {
    /// How long a worker waits for a task, as AWS has it.
    package static let activityWait = Duration.seconds(60)
    /// The longest time between two looks, should a hint get lost.
    private static let longestPause = Duration.seconds(5)
    /// How long a task is taken for until the history says that it began.
    private static let handover = Duration.seconds(30)

    /// A task that a worker was given.
    package struct ActivityTask: Sendable {
        /// By which it is completed.
        package let token: String
        /// JSON.
        package let input: String
    }

    /// The account's activities.
    package var activities: Activities { Activities(machines) }

    /// The next task of an activity; waits for one if there is none, and is `nil` where none came.
    ///
    /// From then on the worker must be heard of as often as the state says.
    package func task(
        of activity: WorkflowName, worker: String?, waiting: Duration = activityWait
    ) async throws(WorkflowError) -> ActivityTask? {
        _ = try await activities.activity(activity)
        let queue = TaskItem.queue(ofActivity: activities.arn(activity).description)
        let clock = ContinuousClock()
        let end = clock.now + waiting
        while true {
            let hints = store.wakeups([.queue(partition, queue)])
            if let task = try await take(from: queue, for: worker) { return task }
            guard clock.now < end, !Task.isCancelled else { return nil }
            await Queues.wait(for: hints, until: min(end, clock.now + Self.longestPause))
        }
    }

    private func take(from queue: QueueID, for worker: String?) async throws(WorkflowError) -> ActivityTask? {
        while true {
            let claimed: [Claimed]
            do {
                claimed = try await store.claim(
                    partition, queue, max: 1, lease: Self.handover, worker: WorkerID("activities"))
            } catch { throw .store(error) }
            guard let first = claimed.first else { return nil }
            if let task = try await handOut(first, to: worker) { return task }
        }
    }

    /// Gives a task to a worker; `nil` where nobody waits for it any more.
    private func handOut(_ claimed: Claimed, to worker: String?) async throws(WorkflowError) -> ActivityTask? {
        // What is no item was not written by us.
        guard let item = try? TaskItem(claimed.body) else {
            try await commit([.ack(claimed.lease)])
            return nil
        }
        do throws(WorkflowError) {
            let (_, execution) = try await look(at: item.execution)
            guard case .task(let order)? = execution?.open[item.work], let tokens else {
                try await commit([.ack(claimed.lease)])
                return nil
            }
            var operations = [WriteOperation.ack(claimed.lease)]
            if let timer = try await timer(order, of: item) {
                operations.append(timer.put(item.work, of: item.execution))
            }
            let isWaiting = try await tell(item.execution, with: operations) { _, _ in
                [.taskStarted(work: item.work, worker: worker)]
            }
            guard isWaiting else { return nil }
            return ActivityTask(
                token: tokens.token(item.execution, work: item.work), input: order.arguments.text)
        } catch .executionMissing, .keys(.erased) {
            try await commit([.ack(claimed.lease)])
            return nil
        }
    }

    /// What bounds the task from now on: its worker has to be heard of.
    private func timer(_ order: TaskOrder, of item: TaskItem) async throws(WorkflowError) -> ExecutionTimer? {
        guard order.heartbeat != nil else { return nil }
        let record: Record?
        do { record = try await store.get(partition, ExecutionTimer.key(item.work, of: item.execution)) } catch {
            throw .store(error)
        }
        return ExecutionTimer(order, handedOutAt: now, end: record.flatMap { ExecutionTimer($0.value)?.end })
    }
}
