import AccessPolicy
import Core

/// What the policies of a user or role say, compiled, with what conditions ask about the holder.
package struct HolderPolicies: Sendable {
    /// Who has the policies.
    package enum Holder: Hashable, Sendable {
        case user(EntityName)
        case role(EntityName)
    }

    /// The ARN with the path, which the ARN of a session lacks.
    package let arn: String
    /// The unique id; a session of a role that was deleted and made anew is not a session of the new one.
    package let id: String
    package let policies: PolicyGroup
    package let boundary: NamedPolicy?
    /// By their keys as conditions know them, without regard to case.
    package let tags: PrincipalTags
    /// Whether functions may run as the role.
    package let isForFunctions: Bool
    /// Who may act as the role; a user has none.
    package let trust: NamedPolicy?

    /// Gathers what was loaded.
    package init(
        arn: String, id: String, policies: [NamedPolicy], boundary: NamedPolicy? = nil, tags: [String: String] = [:],
        isForFunctions: Bool = false, trust: NamedPolicy? = nil
    ) {
        self.arn = arn
        self.id = id
        self.policies = PolicyGroup(policies)
        self.boundary = boundary
        self.tags = PrincipalTags(tags.foldedKeys)
        self.isForFunctions = isForFunctions
        self.trust = trust
    }
}

extension [String: String] {
    /// Tags by their keys as conditions know them.
    var foldedKeys: [String: String] {
        // Of two that differ in case only the first by its bytes counts, today and after a restart.
        let ordered = sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return Dictionary(ordered.map { (ContextKey.tag($0.key), $0.value) }) { first, _ in first }
    }
}

extension Principal {
    /// Whose policies speak for the principal; nobody's for the account itself and for services.
    var holder: HolderPolicies.Holder? {
        switch self {
        case .administrator, .service, .federated, .anonymous: nil
        case .user(let user): .user(user.name)
        case .federatedUser(let federated): federated.user.map { .user($0.name) }
        case .session(let session): .role(session.role)
        case .function(let function):
            // A role that is no role of this account's has no policies.
            function.roleName.map { .role($0) }
        }
    }
}

extension FunctionIdentity {
    /// The name of the execution role, without its path; `nil` where it is another account's, or none.
    package var roleName: EntityName? {
        guard role.service == "iam", role.account == account.text, role.resource.hasPrefix("role/"),
            let name = role.resource.split(separator: "/").last
        else { return nil }
        // A text that is no name names no role.
        return try? EntityName(String(name))
    }
}
