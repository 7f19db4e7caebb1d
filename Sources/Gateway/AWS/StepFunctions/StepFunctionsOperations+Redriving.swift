import Core
import Platform

extension StepFunctionsOperations {
    var redriveOperations: [String: Handler] { ["RedriveExecution": redrive] }

    @Sendable private func redrive(_ request: Request) async throws -> WireValue {
        let redriven = try await workflows.redrive(
            workflows.execution(request.arn("executionArn")), token: request.input["clientToken"]?.string)
        return ["redriveDate": .timestamp(redriven.seconds)]
    }
}

extension WireValue {
    /// Adds what an execution's redrives are.
    mutating func addRedrives(of record: WorkflowExecution, _ obstacle: WorkflowExecution.Obstacle?) {
        self["redriveCount"] = .integer(Int64(record.redrives))
        self["redriveDate"] = record.redriven.map { .timestamp($0.seconds) } ?? .null
        self["redriveStatus"] =
            switch obstacle {
            case nil: "REDRIVABLE"
            case .belongsToMapRun: "REDRIVABLE_BY_MAP_RUN"
            default: "NOT_REDRIVABLE"
            }
        self["redriveStatusReason"] = WireValue(obstacle?.words)
    }
}

extension WorkflowExecution.Obstacle {
    /// Why, in words.
    var words: String {
        switch self {
        case .status(let status): "Execution is \(status.rawValue) and cannot be redriven"
        case .tooLongAgo: "Execution exceeded the redrivable period and cannot be redriven"
        case .historyIsFull: "Execution history limit exceeded and cannot be redriven"
        case .belongsToMapRun: "Execution is a child of a Map Run and is redriven with its parent execution"
        }
    }
}
