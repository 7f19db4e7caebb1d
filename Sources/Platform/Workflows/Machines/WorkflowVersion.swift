import Core

/// A revision of a state machine that was given a number, which never means another.
package struct WorkflowVersion: Hashable, Sendable, Codable {
    /// Most versions of a machine.
    package static let limit = 1_000

    package let revision: String
    package let description: String
    package let created: Instant
}
