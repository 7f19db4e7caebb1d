import Core

/// Which executions are listed: those of a machine, of one version or alias of it, or of one run of a map.
package enum ExecutionList: Hashable, Sendable {
    case machine(WorkflowName)
    case version(WorkflowName, Int)
    case alias(WorkflowName, WorkflowName)
    case run(ExecutionID)

    /// The executions that were begun by what an ARN names.
    package init(_ reference: MachineReference) {
        self =
            switch reference.qualifier {
            case nil: .machine(reference.name)
            case .version(let number): .version(reference.name, number)
            case .alias(let alias): .alias(reference.name, alias)
            }
    }

    var machine: WorkflowName {
        switch self {
        case .machine(let name), .version(let name, _), .alias(let name, _): name
        case .run(let id): id.machine
        }
    }

    /// The index in which it is found, and that which has the status before the time.
    var index: String {
        switch self {
        case .machine, .run: "listed"
        case .version: "version"
        case .alias: "alias"
        }
    }

    var statusIndex: String {
        switch self {
        case .machine, .run: "status"
        case .version, .alias: index + "-status"
        }
    }

    /// What the values of its index begin with.
    var place: String {
        switch self {
        case .machine(let name): name.text
        case .version(let name, let number): "\(name):\(number)"
        case .alias(let name, let alias): "\(name):\(alias)"
        case .run(let id): id.description
        }
    }
}
