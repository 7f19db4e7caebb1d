import Core
import StatesLanguage
import Storage
import Vault

/// A task that waits to be done, as it lies in the work queue: whose it is; what is to be done, the execution knows.
struct TaskItem: Equatable, Sendable {
    /// The queues of tasks begin with this; each resource has one, so that a slow one keeps no other waiting.
    static let queues = "workflow-tasks/"

    /// Those that workers of activities take begin with this; each activity has one.
    static let activities = "workflow-activities/"

    private static let version: UInt8 = 1

    let execution: ExecutionID
    let work: Int

    init(execution: ExecutionID, work: Int) {
        self.execution = execution
        self.work = work
    }

    init(_ bytes: [UInt8]) throws(WorkItem.Fault) {
        var reader = FieldReader(bytes[...])
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        work = Int(try reader.number() as UInt32)
        guard let execution = ExecutionID(try reader.text()) else { throw .malformed(field: "execution") }
        self.execution = execution
    }

    var bytes: [UInt8] {
        var output: [UInt8] = [Self.version]
        output.append(bigEndian: UInt32(clamping: work))
        WorkItem.append(execution.description.utf8, to: &output)
        return output
    }

    /// The queue of an activity's tasks.
    static func queue(ofActivity arn: String) -> QueueID {
        QueueID(activities + SHA256Digest.hex(of: arn).prefix(32))
    }

    /// The queue of a task: that of its resource, and of the function where the arguments name one.
    static func queue(of order: TaskOrder) -> QueueID {
        if order.target == .activity { return queue(ofActivity: order.resource) }
        let function = order.arguments["FunctionName"]?.string ?? ""
        return QueueID(queues + SHA256Digest.hex(of: "\(order.resource) \(function)").prefix(32))
    }
}
