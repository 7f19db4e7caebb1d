import AccessPolicy
import Core

/// The text of a policy that has a say for a user or role, and where it comes from.
package struct PolicySource: Hashable, Sendable {
    /// What kind of policy it is.
    package enum Kind: Hashable, Sendable {
        case user, role, resource, boundary
        /// One that can be attached: the platform's, or the account's own.
        case platform, managed
        /// Given with the question.
        case given
    }

    package let id: String
    package let kind: Kind
    package let text: String

    /// Names a policy's text.
    package init(id: String, kind: Kind, text: String) {
        self.id = id
        self.kind = kind
        self.text = text
    }
}

extension Identity {
    /// The policies of a user or role with their texts: inline ones first, then those attached.
    package func policySources(of holder: some PolicyHolder) async throws(IdentityError) -> [PolicySource] {
        let kind: PolicySource.Kind = holder is UserRecord ? .user : .role
        var sources = holder.policies.inline.sorted { $0.key < $1.key }.map {
            PolicySource(id: $0.key, kind: kind, text: $0.value.text)
        }
        for text in holder.policies.attached { sources.append(try await source(managed: text)) }
        return sources
    }

    /// The policy that bounds a user or role, if one does.
    package func boundarySource(of holder: some PolicyHolder) async throws(IdentityError) -> PolicySource? {
        guard let arn = holder.boundary else { return nil }
        let source = try await source(managed: arn)
        return PolicySource(id: source.id, kind: .boundary, text: source.text)
    }

    private func source(managed text: String) async throws(IdentityError) -> PolicySource {
        guard let arn = try? ARN(text) else { throw .unreadable }
        switch try await policy(arn) {
        case .own(let record):
            return PolicySource(id: record.name.text, kind: .managed, text: record.current?.document.text ?? "")
        case .platform(let policy): return PolicySource(id: policy.name, kind: .platform, text: policy.document)
        }
    }
}
