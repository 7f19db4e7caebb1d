import Core

/// The policies of a role or user: those written into it, and those attached to it.
package struct PolicySet: Hashable, Sendable, Codable {
    /// How many managed policies may be attached.
    package static let attachmentLimit = 20

    package private(set) var inline: [String: PolicyDocument] = [:]
    package private(set) var attached: [String] = []

    /// Has no policies.
    package init() {}

    /// Writes a policy into it, in the place of one of the same name; all together may have `limit` characters.
    package mutating func put(_ document: PolicyDocument, named name: EntityName, limit: Int) throws(IdentityError) {
        inline[name.text] = document
        guard inline.values.reduce(0, { $0 + $1.size }) <= limit else { throw .limit(.inlinePolicyBytes(limit)) }
    }

    /// Takes a policy out.
    package mutating func removeInline(_ name: EntityName) throws(IdentityError) {
        guard inline.removeValue(forKey: name.text) != nil else {
            throw .notFound(.inlinePolicy, name: name.text)
        }
    }

    /// Attaches a managed policy; attaching it again changes nothing.
    package mutating func attach(_ policy: ARN) throws(IdentityError) {
        guard !attached.contains(policy.description) else { return }
        guard attached.count < Self.attachmentLimit else { throw .limit(.attachedPolicies(Self.attachmentLimit)) }
        attached.append(policy.description)
    }

    /// Detaches a managed policy.
    package mutating func detach(_ policy: ARN) throws(IdentityError) {
        guard let index = attached.firstIndex(of: policy.description) else {
            throw .notFound(.attachment, name: policy.description)
        }
        attached.remove(at: index)
    }

    /// Refuses while there are policies: what has some cannot be deleted.
    package func requireEmpty() throws(IdentityError) {
        guard attached.isEmpty else { throw .inTheWay(.attachedPolicies) }
        guard inline.isEmpty else { throw .inTheWay(.inlinePolicies) }
    }
}
