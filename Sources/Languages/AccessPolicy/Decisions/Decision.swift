/// Which kind of policy a decision rests on.
package enum PolicyKind: Hashable, Sendable, CaseIterable {
    case identity
    case resource
    case trust
    case boundary
    case session
}

/// One statement of one policy, as a decision names it.
package struct StatementReference: Hashable, Sendable {
    package let kind: PolicyKind
    /// The name the caller gave to the policy.
    package let policy: String
    /// The statement's place in the policy.
    package let index: Int
    package let sid: String?
}

/// Whether a request may happen, and what says so.
package enum Decision: Hashable, Sendable {
    /// By this statement; `nil` for the account's root user, whom nothing has to allow anything.
    case allowed(by: StatementReference?)
    /// By this statement, whatever others say.
    case explicitlyDenied(by: StatementReference)
    /// Because no policy of this kind allows it.
    case implicitlyDenied(missing: PolicyKind)

    /// Whether the request may happen.
    package var isAllowed: Bool { if case .allowed = self { true } else { false } }

    /// The end of AWS's own sentence about a denial, behind the resource; `nil` for what is allowed.
    ///
    /// Source: IAM user guide, "Troubleshoot access denied error messages".
    package func reason(for action: ActionName) -> String? {
        switch self {
        case .allowed: nil
        case .explicitlyDenied(let statement): "with an explicit deny in \(statement.kind.indefinite)"
        case .implicitlyDenied(let kind): "because no \(kind.name) allows the \(action.text) action"
        }
    }
}

extension PolicyKind {
    fileprivate var name: String {
        switch self {
        case .identity: "identity-based policy"
        case .resource: "resource-based policy"
        case .trust: "role trust policy"
        case .boundary: "permissions boundary"
        case .session: "session policy"
        }
    }

    fileprivate var indefinite: String {
        switch self {
        case .identity: "an \(name)"
        case .trust: "the \(name)"
        case .resource, .boundary, .session: "a \(name)"
        }
    }
}
