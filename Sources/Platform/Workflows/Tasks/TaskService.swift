import Core
import StatesLanguage

/// Does tasks of executions: one for each kind of resource.
package protocol TaskService: Sendable {
    /// How long a task must wait before it can begin, if it must: asked before the history says that it began.
    func delay(of call: TaskCall) async -> Duration?

    /// Does a task, and says what came of it; it takes no longer than `TaskCall.longest`.
    func perform(_ call: TaskCall) async -> TaskEnd
}

extension TaskService {
    /// How long a task that could not begin after all is tried again before others get its place.
    private static var patience: Duration { .seconds(60) }

    /// Does a task of which the history says that it has begun; where it could not, it is tried again for a while, so that
    /// the history need not say so once more.
    func performPatiently(_ call: TaskCall) async -> TaskEnd {
        let end = ContinuousClock.now + Self.patience
        while true {
            let result = await perform(call)
            guard case .postponed(let delay) = result, ContinuousClock.now < end else { return result }
            do { try await Task.sleep(for: delay) } catch { return .interrupted }
        }
    }
}

/// A task that an execution wants done.
package struct TaskCall: Sendable {
    /// How long a task may be in the hands of whoever does it; what takes longer is completed by someone else.
    package static let longest = Duration.seconds(1000)

    /// What tells this attempt apart from all others.
    package let id: RequestID
    package let account: AccountID
    package let region: Region
    package let execution: ExecutionID
    package let executionARN: ARN
    package let machineARN: ARN
    /// As whom the task is done.
    package let role: RoleARN
    package let order: TaskOrder
    /// What says who completes the task later: `SendTaskSuccess` takes it.
    package let token: String
    package let descent: Descent
    package let trace: TraceContext
    /// Who wants to see what goes over the web.
    var watch: WebWatch?
}

/// What came of a task.
package enum TaskEnd: Sendable {
    case succeeded(JSON)
    /// It was handed over; someone else says when it is done.
    case submitted(JSON)
    /// It is over when this execution is, whose output is wanted as text or as the JSON that it is.
    case begun(ExecutionID, isParsed: Bool, JSON)
    case failed(error: String?, cause: String?)
    /// It could not begin after all; it is tried again later.
    case postponed(Duration)
    /// The server stops: another one does it.
    case interrupted
}
