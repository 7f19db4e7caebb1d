import Core
import Storage

/// The records of state machines and their executions: sealed with the key of the machine.
typealias WorkflowRecords = SealedRecords<WorkflowError>

extension SealedRecords where Failure == WorkflowError {
    static var machines: String { "state-machine" }
    static var revisions: String { "state-machine-revision" }
    static var executions: String { "execution" }
    static var mapRuns: String { "map-run" }
    static var timers: String { "execution-timer" }

    static func key(_ machine: WorkflowName) -> RecordKey { RecordKey(kind: machines, id: machine.text) }
    static func key(_ machine: WorkflowName, revision: String) -> RecordKey {
        RecordKey(kind: revisions, id: "\(machine):\(revision)")
    }
    static func key(mapRun: ExecutionID) -> RecordKey { RecordKey(kind: mapRuns, id: mapRun.description) }
    static func key(_ execution: ExecutionID) -> RecordKey {
        RecordKey(kind: executions, id: execution.description)
    }
}
