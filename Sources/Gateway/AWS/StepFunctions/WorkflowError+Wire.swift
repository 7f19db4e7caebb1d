import Core
import Platform
import StatesLanguage

extension WireError {
    /// A refusal of Step Functions in AWS's codes and words, where they are known.
    init(_ error: WorkflowError) {
        switch error {
        case .machineMissing(let arn):
            self.init("StateMachineDoesNotExist", "State Machine Does Not Exist: '\(arn)'")
        case .machineExists(let name):
            self.init("StateMachineAlreadyExists", "State Machine Already Exists: '\(name)'")
        case .machineIsDeleting(let name):
            self.init("StateMachineDeleting", "State machine is being deleted: '\(name)'")
        case .tooManyMachines(let limit):
            self.init("StateMachineLimitExceeded", "There may be at most \(limit) state machines.")
        case .invalidDefinition(let invalid): self.init("InvalidDefinition", invalid.message)
        case .definitionTooLarge: self.init("InvalidDefinition", "The definition is too large to be kept.")
        case .executionMissing(let arn):
            self.init("ExecutionDoesNotExist", "Execution Does Not Exist: '\(arn)'")
        case .mapRunMissing(let arn): self.init("ResourceNotFound", "Map Run Does Not Exist: '\(arn)'")
        case .executionExists(let id):
            self.init("ExecutionAlreadyExists", "Execution Already Exists: '\(id.name)'")
        case .notRedrivable(_, let obstacle):
            self.init("ExecutionNotRedrivable", obstacle.words)
        case .refused(let refusal):
            self.init("ThrottlingException", "\(refusal.code): \(refusal.message)")
        case .inputNotJSON(let byte):
            self.init(
                "InvalidExecutionInput", "Invalid State Machine Execution Input: it is not JSON at byte \(byte).")
        case .inputTooLarge(let limit):
            self.init(
                "InvalidExecutionInput",
                "Invalid State Machine Execution Input: it has more than \(limit) bytes.")
        case .wrongType(let type):
            self.init(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine: \(type.rawValue)")
        case .roleNotAssumable(let role):
            self.init(
                "AccessDeniedException",
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
                    + "the provided role \(role).")
        case .tooManyTags(let limit): self.init("TooManyTags", "A state machine may have at most \(limit) tags.")
        case .declined(let refusal): self.init(refusal)
        case .badToken: self.init("InvalidToken", "Invalid Token: 'Invalid token'")
        case .taskMissing:
            self.init("TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist anymore'")
        case .taskOver: self.init("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        case .badOutput: self.init("InvalidOutput", "Invalid Output: 'It is not JSON, or has too many bytes'")
        case .changedMeanwhile(let name):
            self.init("ConflictException", "\(name) was changed by another request at the same time; try again.")
        case .contended:
            self.init(
                "ServiceUnavailable", "The execution is changed by many at the same time; try again.", status: 503)
        case .unreadable, .store, .keys:
            // The reason is for the operator; the caller can only try again.
            self.init(
                "InternalServerError", "The state machines cannot be read or written at the moment.", status: 500)
        }
    }
}
