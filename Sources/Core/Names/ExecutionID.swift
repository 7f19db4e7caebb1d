/// Names an execution of an account: its state machine, the distributed map that began it if one did, and its own name.
package struct ExecutionID: Hashable, Sendable, CustomStringConvertible {
    package let machine: WorkflowName
    /// The label of the map whose item it is.
    package let label: WorkflowName?
    package let name: WorkflowName

    /// Puts the names together.
    package init(machine: WorkflowName, label: WorkflowName? = nil, name: WorkflowName) {
        self.machine = machine
        self.label = label
        self.name = name
    }

    /// Reads what `description` wrote; anything else is `nil`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = WorkflowName(rawValue: String(parts[1])) else { return nil }
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard path.count <= 2, let machine = WorkflowName(rawValue: String(path[0])) else { return nil }
        self.init(machine: machine, name: name, path.count == 2 ? String(path[1]) : nil)
    }

    private init?(machine: WorkflowName, name: WorkflowName, _ label: String?) {
        guard let label else {
            self.init(machine: machine, name: name)
            return
        }
        guard let label = WorkflowName(rawValue: label) else { return nil }
        self.init(machine: machine, label: label, name: name)
    }

    /// `machine:name`, or `machine/label:name`: the end of the ARN.
    package var description: String {
        if let label { "\(machine)/\(label):\(name)" } else { "\(machine):\(name)" }
    }
}
