/// The errors that the language itself knows.
package enum ErrorName {
    package static let all = "States.ALL"
    package static let branchFailed = "States.BranchFailed"
    package static let dataLimitExceeded = "States.DataLimitExceeded"
    package static let exceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold"
    package static let heartbeatTimeout = "States.HeartbeatTimeout"
    package static let intrinsicFailure = "States.IntrinsicFailure"
    package static let itemReaderFailed = "States.ItemReaderFailed"
    package static let noChoiceMatched = "States.NoChoiceMatched"
    package static let parameterPathFailure = "States.ParameterPathFailure"
    package static let permissions = "States.Permissions"
    package static let queryEvaluationError = "States.QueryEvaluationError"
    package static let resultPathMatchFailure = "States.ResultPathMatchFailure"
    package static let resultWriterFailed = "States.ResultWriterFailed"
    package static let runtime = "States.Runtime"
    package static let taskFailed = "States.TaskFailed"
    package static let timeout = "States.Timeout"

    /// Whether a list of errors, as retriers and catchers have it, names an error.
    ///
    /// `States.ALL` names all but those that nothing can be done about; `States.TaskFailed` names all that a task can
    /// fail with but a timeout; `States.Timeout` names a missed heartbeat too.
    package static func list(_ errors: [String], names error: String?) -> Bool {
        errors.contains { listed in
            switch listed {
            case all: error != dataLimitExceeded && error != runtime
            case taskFailed: error != timeout && error != dataLimitExceeded && error != runtime
            case timeout: error == timeout || error == heartbeatTimeout
            default: listed == error
            }
        }
    }
}
