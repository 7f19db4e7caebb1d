import Core
import FoundationEssentials

/// Makes a repeated commit safe: within 24 hours a batch with the same id in the same partition is applied once.
package struct CommitID: Hashable, Sendable {
    package let uuid: UUID

    /// Makes a new id.
    package init() { uuid = UUID() }

    /// The commit that a request causes, so that the repeated request is recognised.
    package init(_ request: RequestID) { uuid = request.uuid }

    /// Takes a UUID.
    package init(_ uuid: UUID) { self.uuid = uuid }
}
