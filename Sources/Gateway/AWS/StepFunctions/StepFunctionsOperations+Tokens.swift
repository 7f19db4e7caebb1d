import Core
import Platform

extension StepFunctionsOperations {
    var taskOperations: [String: Handler] {
        ["SendTaskSuccess": succeed, "SendTaskFailure": fail, "SendTaskHeartbeat": beat]
    }

    @Sendable private func succeed(_ request: Request) async throws -> WireValue {
        try await workflows.report(.succeeded(request.input["output"]?.string ?? ""), token: request.taskToken)
        return [:]
    }

    @Sendable private func fail(_ request: Request) async throws -> WireValue {
        let report = Workflows.TaskReport.failed(
            error: request.input["error"]?.string, cause: request.input["cause"]?.string)
        try await workflows.report(report, token: request.taskToken)
        return [:]
    }

    @Sendable private func beat(_ request: Request) async throws -> WireValue {
        try await workflows.report(.beating, token: request.taskToken)
        return [:]
    }
}

extension StepFunctionsOperations.Request {
    fileprivate var taskToken: String { input["taskToken"]?.string ?? "" }

    /// The state machine whose execution has the task that a token stands for; `nil` where there is no token.
    func machine(_ workflows: Workflows) throws(WorkflowError) -> Resource? {
        guard input["taskToken"] != nil else { return nil }
        let execution = try workflows.execution(token: taskToken)
        return .named(workflows.machines.arn(execution.machine), owner: call.account)
    }
}
