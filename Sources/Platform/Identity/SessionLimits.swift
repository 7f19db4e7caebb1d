import AccessPolicy
import Core

/// What a session was limited to when its role was assumed, and the tags it was given.
package final class SessionLimits: Sendable, Hashable {
    /// The texts of the policies; none is no limit.
    package let documents: [String]
    package let tags: PrincipalTags
    /// The policies, compiled; `nil` for no limit.
    package let policies: PolicyGroup?

    /// Compiles the policies that the caller of `AssumeRole` gave.
    package init(documents: [String], tags: [String: String]) throws(PolicyFlaw) {
        self.documents = documents
        self.tags = PrincipalTags(tags.foldedKeys)
        guard !documents.isEmpty else {
            policies = nil
            return
        }
        var policies: [NamedPolicy] = []
        for (index, text) in documents.enumerated() {
            policies.append(NamedPolicy("session policy \(index + 1)", try Policy(parsing: text, use: .identity)))
        }
        self.policies = PolicyGroup(policies)
    }

    package static func == (left: SessionLimits, right: SessionLimits) -> Bool {
        left === right || left.documents == right.documents && left.tags == right.tags
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(documents) }
}
