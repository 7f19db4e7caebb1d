import AccessPolicy
import Core
import Synchronization

/// Decides whether a request may happen: the one place that every request passes before anything is done.
///
/// For any thread, without waiting: policies that are not here yet are loaded (`Identity.loadPolicies`), then asked again.
/// What changes in the account forgets them before the change is acknowledged.
/// Source: IAM user guide, "Policy evaluation logic".
package final class AccessControl: Sendable {
    /// What was found about a request.
    package enum Verdict: Sendable {
        case allowed
        case denied(AccessDenied)
        /// The holder's policies must be loaded first.
        case unloaded(HolderPolicies.Holder)
    }

    private struct State {
        var holders: BoundedCache<HolderPolicies.Holder, HolderPolicies?>
        var generation: UInt64 = 0
    }

    private let state = Mutex(State(holders: BoundedCache(limit: 4096)))

    /// Knows no policies yet.
    package init() {}

    /// Whether `principal` may do it; `policy` is the resource's own, where it has one.
    package func decide(
        _ principal: Principal, _ action: Action, on resource: Resource,
        policy: Authorization.ResourcePolicy = .none, in context: @autoclosure () -> AccessContext
    ) -> Verdict {
        if case .administrator(let account) = principal, account == resource.owner, case .none = policy {
            return .allowed
        }
        guard let (request, authorization, tags) = question(principal, action, resource, policy) else {
            return principal.holder.map { .unloaded($0) } ?? .allowed
        }
        var known: AccessContext?
        let decision = authorization.decide(request) { key in
            if known == nil { known = context() }
            return Self.value(of: key, principal, tags, known)
        }
        guard decision.isAllowed else {
            return .denied(
                AccessDenied(principal: principal, action: action, resource: resource, decision: decision))
        }
        return .allowed
    }

    /// How a decision comes about; `nil` where policies must be loaded first.
    package func explain(
        _ principal: Principal, _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy,
        in context: AccessContext
    ) -> Explanation? {
        guard let (request, authorization, tags) = question(principal, action, resource, policy) else { return nil }
        return authorization.explain(request) { Self.value(of: $0, principal, tags, context) }
    }

    /// Counts changes; what was loaded before one is not kept.
    package var generation: UInt64 { state.withLock { $0.generation } }

    /// Keeps what was loaded, unless something changed since; `nil` says that there is no such holder.
    package func keep(
        _ policies: HolderPolicies?, of holder: HolderPolicies.Holder, ifUnchangedSince generation: UInt64
    ) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.holders[holder] = .some(policies)
        }
    }

    /// Something changed in the account.
    package func forgetAll() {
        state.withLock { state in
            state.holders.removeAll { _ in true }
            state.generation += 1
        }
    }

    private func question(
        _ principal: Principal, _ action: Action, _ resource: Resource, _ policy: Authorization.ResourcePolicy
    ) -> (AccessRequest, Authorization, [String: String])? {
        var authorization = Authorization(resource: policy)
        var found: HolderPolicies?
        if let holder = principal.holder {
            guard let known = state.withLock({ $0.holders[holder] }) else { return nil }
            found = known
        }
        if let holder = found, principal.isServed(by: holder) {
            authorization.identity = holder.policies
            authorization.boundary = holder.boundary
            if case .session(let session) = principal { authorization.session = session.limits?.policies }
        }
        let request = AccessRequest(
            principal.requester(found), action.policyName, on: resource.text, of: resource.owner)
        return (request, authorization, principal.tags(found))
    }

    private static func value(
        of key: ContextKey, _ principal: Principal, _ tags: [String: String], _ context: AccessContext?
    ) -> ContextValue? {
        if key.name == "aws:principaltag", let tag = key.tag {
            return tags.first { $0.key.lowercased() == tag }.map { .text($0.value) }
        }
        return context?.value(of: key)
    }
}

extension Principal {
    /// Whether policies of a holder of the principal's name are still those of the principal.
    fileprivate func isServed(by holder: HolderPolicies) -> Bool {
        switch self {
        case .user(let user): user.id == holder.id
        case .session(let session): session.roleID == holder.id
        case .function: holder.isForFunctions
        case .administrator, .service: false
        }
    }

    /// Who asks, as policies know it.
    fileprivate func requester(_ holder: HolderPolicies?) -> Requester {
        switch self {
        case .administrator(let account): .root(account)
        case .user(let user): .user(user.account, arn: "\(user.arn)", id: user.id)
        case .session(let session):
            .roleSession(
                session.account,
                role: holder?.arn
                    ?? "\(ARN(service: "iam", region: nil, account: session.account, resource: "role/\(session.role)"))",
                roleID: session.roleID, session: "\(session.arn)")
        case .function(let function):
            .roleSession(
                function.account, role: holder?.arn ?? "\(function.role)", roleID: holder?.id ?? function.roleID,
                session: "\(function.arn)")
        case .service(let name, _): .service(name)
        }
    }

    /// The tags of who asks: those of a session win over its role's.
    fileprivate func tags(_ holder: HolderPolicies?) -> [String: String] {
        let own = holder?.tags ?? [:]
        guard case .session(let session) = self, let limits = session.limits else { return own }
        return own.merging(limits.tags) { _, session in session }
    }
}
