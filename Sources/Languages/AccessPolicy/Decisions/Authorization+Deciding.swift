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
        var asked = Inquiries(self, request)
        if let denial = denial(&asked, lookUp) { return .explicitlyDenied(by: denial) }
        let grant = resourceGrant(&asked, lookUp)
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
        let own = asked.identity.first(.allow, lookUp).map { identity.reference($0, .identity) }
        guard let statement = own ?? ownGrant else { return .implicitlyDenied(missing: .identity) }
        return limit(statement, &asked, lookUp)
    }

    /// What is left of a permission once boundary and session policies have their say.
    private func limit(
        _ statement: StatementReference, _ asked: inout Inquiries, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Decision {
        if boundary != nil, asked.boundary?.first(.allow, lookUp) == nil {
            return .implicitlyDenied(missing: .boundary)
        }
        if session != nil {
            guard asked.session?.first(.allow, lookUp) != nil else { return .implicitlyDenied(missing: .session) }
        } else if case .federatedUser = asked.request.requester {
            // A federated user may do only what the session's own policies say.
            return .implicitlyDenied(missing: .session)
        }
        return .allowed(by: statement)
    }

    /// The first statement that denies, in whichever policy.
    private func denial(
        _ asked: inout Inquiries, _ lookUp: (ContextKey) -> ContextValue?
    ) -> StatementReference? {
        if let place = asked.identity.first(.deny, lookUp) { return identity.reference(place, .identity) }
        if let (policy, kind) = resourcePolicy, let place = asked.resource?.first(.deny, lookUp) {
            return policy.reference(place, kind)
        }
        if let boundary, let place = asked.boundary?.first(.deny, lookUp) {
            return boundary.reference(place, .boundary)
        }
        guard let session, let place = asked.session?.first(.deny, lookUp) else { return nil }
        return session.reference(place, .session)
    }

    /// The statement of the resource's policy that allows, and names who asks as directly as any does.
    private func resourceGrant(
        _ asked: inout Inquiries, _ lookUp: (ContextKey) -> ContextValue?
    ) -> (statement: StatementReference, naming: Naming)? {
        guard let (policy, kind) = resourcePolicy, let grant = asked.resource?.grant(lookUp) else { return nil }
        return (policy.reference(grant.place, kind), grant.naming)
    }
}

/// What one request asks of all policies that have a say.
private struct Inquiries {
    let request: AccessRequest
    var identity: Inquiry
    var resource: Inquiry?
    var boundary: Inquiry?
    var session: Inquiry?

    init(_ authorization: Authorization, _ request: AccessRequest) {
        self.request = request
        identity = Inquiry(authorization.identity.table, request, .identity)
        resource = authorization.resourcePolicy.map { policy, kind in
            Inquiry(policy.policy.table, request, kind, isBounded: authorization.boundary != nil)
        }
        boundary = authorization.boundary.map { Inquiry($0.policy.table, request, .boundary) }
        session = authorization.session.map { Inquiry($0.table, request, .session) }
    }
}

extension NamedPolicy {
    /// Names one of the policy's statements.
    func reference(_ index: Int, _ kind: PolicyKind) -> StatementReference {
        StatementReference(kind: kind, policy: name, index: index, sid: policy.statements[index].sid)
    }
}
