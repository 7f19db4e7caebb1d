import AccessPolicy
import Core

extension Identity {
    /// A role as a part of the platform acts as it: `nil` where there is no such role, or it does not trust that part.
    package nonisolated func session(
        of role: RoleARN, for service: String, named session: String, facts: [String: ContextValue]
    ) async throws -> Principal? {
        // A role of another account, or a text that is no name, is no role that is here.
        guard role.account == account, let last = role.text.split(separator: "/").last,
            let name = try? EntityName(String(last)), let sessionName = try? EntityName(session)
        else { return nil }
        let holder = HolderPolicies.Holder.role(name)
        let policies: HolderPolicies?
        if let known = access.known(holder) { policies = known } else { policies = try await loadPolicies(of: holder) }
        guard let policies, policies.arn == role.text, let trust = policies.trust else { return nil }
        let request = AccessRequest(
            .service(service), ActionName("sts:AssumeRole"), on: policies.arn, of: account)
        let decision = Authorization(resource: .trust(trust)).decide(request) { facts[$0.name] }
        guard decision.isAllowed else { return nil }
        return .session(SessionIdentity(account: account, roleID: policies.id, role: name, session: sessionName))
    }
}
