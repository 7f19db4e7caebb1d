import Core

/// Whether executions of a state machine are kept step by step, or run in memory.
package enum WorkflowType: String, Hashable, Sendable, Codable {
    case standard = "STANDARD"
    case express = "EXPRESS"
}

/// A state machine as it is kept; its definition lies in its revision.
package struct Workflow: Hashable, Sendable, Codable {
    /// Most tags of a state machine.
    package static let tagLimit = 50

    package let type: WorkflowType
    package let created: Instant
    package var updated: Instant
    /// What its executions run that begin now.
    package var revision: String
    /// How often it was changed.
    package var changes = 0
    package var isDeleting = false
    package var tags: [String: String]

    /// The revision as clients see it: what was never changed has none.
    package var shownRevision: String? { changes == 0 ? nil : revision }
}

/// What an execution runs: it is made with every change of a machine, and never changed itself.
package struct WorkflowRevision: Hashable, Sendable, Codable {
    package let created: Instant
    package let settings: WorkflowSettings
}

/// What the owner of a state machine says of it.
package struct WorkflowSettings: Hashable, Sendable, Codable {
    /// What is told to a log group.
    package struct Logging: Hashable, Sendable, Codable {
        /// How much is told.
        package enum Level: String, Hashable, Sendable, Codable {
            case all = "ALL"
            case error = "ERROR"
            case fatal = "FATAL"
            case off = "OFF"
        }

        package var level: Level
        package var includesData: Bool
        /// The ARN of the log group.
        package var destination: String?

        /// Takes all three.
        package init(level: Level = .off, includesData: Bool = false, destination: String? = nil) {
            self.level = level
            self.includesData = includesData
            self.destination = destination
        }
    }

    package var definition: String
    /// As whom its executions act.
    package var role: RoleARN
    package var logging: Logging?
    package var isTraced: Bool
    /// Kept and given back, as JSON; what seals executions are the platform's own keys.
    package var encryption: String?

    /// Takes all that is said.
    package init(
        definition: String, role: RoleARN, logging: Logging? = nil, isTraced: Bool = false, encryption: String? = nil
    ) {
        self.definition = definition
        self.role = role
        self.logging = logging
        self.isTraced = isTraced
        self.encryption = encryption
    }
}
