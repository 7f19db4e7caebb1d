import Core

/// A name under which workers elsewhere ask for tasks of executions.
package struct Activity: Hashable, Sendable, Codable {
    /// Most activities of an account.
    package static let limit = 10_000

    package let created: Instant
    package var tags: [String: String]
    /// Kept and given back, as JSON.
    package let encryption: String?
}
