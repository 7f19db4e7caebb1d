import AccessPolicy
import Core

/// Whether senders may do to targets what a delivery does: their role must let them act as it, and be allowed to; or,
/// without a role, the target's own policy must allow the part of the platform that sends.
package struct SenderAccess: Sendable {
    private let identity: Identity
    private let region: Region

    /// Asks an account's policies.
    package init(identity: Identity, region: Region) {
        self.identity = identity
        self.region = region
    }

    /// Whether a part of the platform may act as a role at all.
    package static func mayAct(
        as role: RoleARN, _ service: String, for account: AccountID, _ identity: Identity
    ) async throws -> Bool {
        try await identity.session(of: role, for: service, named: name(service), facts: facts(account)) != nil
    }

    /// A role as a part of the platform acts as it for one of its resources; `nil` where it may not.
    static func session(
        of role: RoleARN, for service: String, source: String, _ account: AccountID, _ identity: Identity
    ) async throws -> Principal? {
        let facts = facts(account).merging(["aws:sourcearn": .text(source)]) { $1 }
        return try await identity.session(of: role, for: service, named: name(service), facts: facts)
    }

    /// Why a parcel's sender may not do something to its target, if it may not.
    package func refusal(
        _ parcel: Parcel, _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy,
        facts: [String: ContextValue] = [:]
    ) async throws -> DeliveryRefusal? {
        let sender = parcel.sender
        let ours = Self.facts(parcel.account).merging(["aws:sourcearn": .text(sender.source)]) { $1 }
        var principal = Principal.service(sender.service, account: parcel.account)
        if let role = sender.role {
            guard
                let session = try await Self.session(
                    of: role, for: sender.service, source: sender.source, parcel.account, identity)
            else { return .unassumable(role, sender.service) }
            principal = session
        }
        do {
            try await identity.authorize(
                principal, action, on: resource, policy: policy,
                in: AccessContext(
                    time: .now, region: region,
                    facts: sender.role == nil ? ours.merging(facts) { $1 } : facts))
        } catch let denied as AccessDenied { return .final("NO_PERMISSIONS", "AccessDenied: \(denied.message)") }
        return nil
    }

    /// What the sessions of a part of the platform are called.
    private static func name(_ service: String) -> String { String(service.prefix { $0 != "." }) }

    private static func facts(_ account: AccountID) -> [String: ContextValue] {
        ["aws:sourceaccount": .text(account.text)]
    }
}

extension DeliveryRefusal {
    /// The role does not trust the part of the platform that wants to act as it, or is gone.
    static func unassumable(_ role: RoleARN, _ service: String) -> DeliveryRefusal {
        .final("NO_PERMISSIONS", "RoleNotAssumable: \(service) may not act as \(role).")
    }
}
