import Core

/// What an ARN of a state machine names: the machine, one version of it, or an alias.
package struct MachineReference: Hashable, Sendable {
    /// What follows the name.
    package enum Qualifier: Hashable, Sendable {
        case version(Int)
        case alias(WorkflowName)
    }

    package let name: WorkflowName
    package let qualifier: Qualifier?

    /// Takes both.
    package init(_ name: WorkflowName, _ qualifier: Qualifier? = nil) {
        self.name = name
        self.qualifier = qualifier
    }

    /// Reads what follows `stateMachine:`; digits alone are a version, anything else is an alias.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = WorkflowName(rawValue: parts[0]) else { return nil }
        self.name = name
        guard parts.count == 2 else {
            qualifier = nil
            return
        }
        if let number = Self.number(parts[1]) {
            qualifier = .version(number)
        } else if let alias = WorkflowName(rawValue: parts[1]) {
            qualifier = .alias(alias)
        } else {
            return nil
        }
    }

    /// The number that a text is, which begins at 1 and has no zeros in front.
    private static func number(_ text: String) -> Int? {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), text.first != "0" else { return nil }
        return Int(text)
    }
}

/// What an execution is begun with, once its ARN is looked up.
package struct MachineTarget: Hashable, Sendable {
    package let name: WorkflowName
    /// The revision of a version; the one in force where the machine itself was named.
    package var revision: String?
    package var version: Int?
    package var alias: WorkflowName?

    /// Begins with the machine itself.
    package init(_ name: WorkflowName) { self.name = name }
}
