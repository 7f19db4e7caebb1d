import Core

/// A policy with the name that decisions call it by.
package struct NamedPolicy: Sendable {
    package let name: String
    package let policy: Policy

    /// Names a policy.
    package init(_ name: String, _ policy: Policy) {
        self.name = name
        self.policy = policy
    }
}

/// All policies that have a say in a request.
package struct Authorization: Sendable {
    /// The policy of what is asked for.
    package enum ResourcePolicy: Sendable {
        /// There is none, or the resource's kind has none.
        case none
        /// Of a resource: may allow by itself, and need not if the identity's policies do.
        case of(NamedPolicy)
        /// Of a role that is to be assumed: must allow.
        case trust(NamedPolicy)
    }

    /// Those of the user or role, and of the user's groups.
    package var identity: PolicyGroup
    package var resource: ResourcePolicy
    /// What the user or role can be allowed at most, if that is bounded.
    package var boundary: NamedPolicy?
    /// What the session was limited to when it began: of several policies one must allow; `nil` for no limit.
    package var session: PolicyGroup?

    /// Gathers policies, and compiles those that have the same say together.
    package init(
        identity: [NamedPolicy] = [], resource: ResourcePolicy = .none, boundary: NamedPolicy? = nil,
        session: [NamedPolicy]? = nil
    ) {
        self.identity = identity.isEmpty ? .empty : PolicyGroup(identity)
        self.resource = resource
        self.boundary = boundary
        self.session = session.map { PolicyGroup($0) }
    }

    /// The resource's policy and its kind.
    var resourcePolicy: (policy: NamedPolicy, kind: PolicyKind)? {
        switch resource {
        case .none: nil
        case .of(let policy): (policy, .resource)
        case .trust(let policy): (policy, .trust)
        }
    }

    /// Whether the resource's policy must allow, whoever asks.
    var isTrust: Bool { if case .trust = resource { true } else { false } }
}
