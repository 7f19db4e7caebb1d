import Core
import StatesLanguage
import Storage

/// What can go wrong with a state machine or an execution, before the execution itself has a say.
package enum WorkflowError: Error, Equatable {
    case machineMissing(String)
    case machineExists(WorkflowName)
    case machineIsDeleting(WorkflowName)
    case tooManyMachines(limit: Int)
    case invalidDefinition(InvalidDefinition)
    case definitionTooLarge
    case executionMissing(String)
    case mapRunMissing(String)
    case executionExists(ExecutionID)
    /// The execution cannot go on, and why.
    case notRedrivable(ExecutionID, WorkflowExecution.Obstacle)
    /// A rule or a budget stands in the way of an execution.
    case refused(GovernorRefusal)
    case inputNotJSON(byte: Int)
    case inputTooLarge(limit: Int)
    /// The operation is not for machines of this type.
    case wrongType(WorkflowType)
    case roleNotAssumable(RoleARN)
    case tooManyTags(limit: Int)
    /// What has a type of its own: of versions, aliases and activities.
    case declined(WorkflowRefusal)
    case badToken
    /// The execution of a task is gone.
    case taskMissing
    /// Somebody was faster, or its time was over.
    case taskOver
    /// What a task gave is not JSON, or too large.
    case badOutput
    case changedMeanwhile(String)
    /// The execution cannot go on here now; another try may succeed.
    case contended(ExecutionID)
    /// The record cannot be opened, or is not what was written.
    case unreadable(id: String)
    case store(StoreError)
    case keys(KeysError)
}

extension WorkflowError: SealedRecordsError {}

extension WorkflowError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        case .keys(let error): error.storeError
        default: nil
        }
    }
}
