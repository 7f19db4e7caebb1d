import Core

extension Authorization {
    /// Decides whether a request may happen; `lookUp` is asked only for keys that a statement in question names.
    ///
    /// An explicit denial in any policy wins. Then the resource's policy may allow by itself, the identity's policies
    /// allow, and boundary and session policies limit. Across accounts both sides must allow.
    /// Source: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
    package func decide(
        _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Decision {
        if let denial = denial(request, lookUp) { return .explicitlyDenied(by: denial) }
        let grant = resourceGrant(request, lookUp)
        guard let account = request.requester.account else {
            return grant.map { .allowed(by: $0.statement) } ?? .implicitlyDenied(missing: isTrust ? .trust : .resource)
        }
        let isForeign = account != request.owner
        if isForeign || isTrust, grant == nil {
            return .implicitlyDenied(missing: isTrust ? .trust : .resource)
        }
        if case .root = request.requester { return .allowed(by: grant?.statement) }
        if !isForeign, let grant, grant.naming == .direct { return .allowed(by: grant.statement) }
        let ownGrant = isForeign || grant?.naming != .entity ? nil : grant?.statement
        guard let statement = Self.first(.allow, in: identity, .identity, request, lookUp) ?? ownGrant else {
            return .implicitlyDenied(missing: .identity)
        }
        return limit(statement, request, lookUp)
    }

    /// What is left of a permission once boundary and session policies have their say.
    private func limit(
        _ statement: StatementReference, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Decision {
        if let boundary, Self.first(.allow, in: boundary, .boundary, request, lookUp) == nil {
            return .implicitlyDenied(missing: .boundary)
        }
        if let session {
            guard Self.first(.allow, in: session, .session, request, lookUp) != nil else {
                return .implicitlyDenied(missing: .session)
            }
        } else if case .federatedUser = request.requester {
            // A federated user may do only what the session's own policies say.
            return .implicitlyDenied(missing: .session)
        }
        return .allowed(by: statement)
    }

    /// The first statement that denies, in whichever policy.
    private func denial(
        _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> StatementReference? {
        if let found = Self.first(.deny, in: identity, .identity, request, lookUp) { return found }
        if let (policy, kind) = resourcePolicy,
            let found = Self.first(.deny, in: policy, kind, request, isBounded: boundary != nil, lookUp)
        {
            return found
        }
        if let boundary, let found = Self.first(.deny, in: boundary, .boundary, request, lookUp) { return found }
        return session.flatMap { Self.first(.deny, in: $0, .session, request, lookUp) }
    }

    private static func first(
        _ effect: Effect, in policies: [NamedPolicy], _ kind: PolicyKind, _ request: AccessRequest,
        _ lookUp: (ContextKey) -> ContextValue?
    ) -> StatementReference? {
        for index in policies.indices {
            if let found = first(effect, in: policies[index], kind, request, lookUp) { return found }
        }
        return nil
    }

    /// The first statement of a policy that applies and has this effect.
    private static func first(
        _ effect: Effect, in policy: NamedPolicy, _ kind: PolicyKind, _ request: AccessRequest,
        isBounded: Bool = false, _ lookUp: (ContextKey) -> ContextValue?
    ) -> StatementReference? {
        var best = Int.max
        let index = effect == .allow ? policy.policy.allows : policy.policy.denies
        index.forEach(request.action) { place in
            guard place < best else { return false }
            let statement = policy.policy.statements[place]
            guard statement.concerns(request, lookUp),
                statement.naming(request, kind, isBounded: isBounded) != .none, statement.holds(request, lookUp)
            else { return true }
            best = place
            return false
        }
        return best == .max ? nil : policy.reference(best, kind)
    }

    /// The statement of the resource's policy that allows, and names who asks as directly as any does.
    private func resourceGrant(
        _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> (statement: StatementReference, naming: Naming)? {
        guard let (policy, kind) = resourcePolicy else { return nil }
        var best = (place: Int.max, naming: Naming.none)
        policy.policy.allows.forEach(request.action) { place in
            let statement = policy.policy.statements[place]
            let naming = statement.naming(request, kind, isBounded: boundary != nil)
            let isBetter = naming > best.naming || naming == best.naming && place < best.place
            if naming != .none, isBetter, statement.concerns(request, lookUp), statement.holds(request, lookUp) {
                best = (place, naming)
            }
            return true
        }
        return best.naming == .none ? nil : (policy.reference(best.place, kind), best.naming)
    }
}

extension NamedPolicy {
    /// Names one of the policy's statements.
    func reference(_ index: Int, _ kind: PolicyKind) -> StatementReference {
        StatementReference(kind: kind, policy: name, index: index, sid: policy.statements[index].sid)
    }
}
