import Core

extension Statement {
    /// Whether the statement speaks of the request's action and resource, whatever its conditions say.
    ///
    /// A resource with a variable that has no value is not meant. In `NotResource` it spares nothing from a denial, and
    /// nothing is allowed by leaving it out.
    func concerns(_ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        // The resource first: it tells statements of one action apart.
        concernsResource(request, lookUp) && concernsAction(request.action)
    }

    private func concernsAction(_ action: ActionName) -> Bool {
        for pattern in actions where pattern.matches(action) { return !exceptsActions }
        return exceptsActions
    }

    private func concernsResource(_ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        guard !resources.isEmpty else { return true }
        let text = request.resource.utf8.span
        var isUnknown = false
        for pattern in resources {
            switch pattern.match(text, { request.value(of: $0, lookUp) }) {
            case .yes: return !exceptsResources
            case .unknown: isUnknown = true
            case .no: break
            }
        }
        return exceptsResources && !(isUnknown && effect == .allow)
    }

    /// How the statement, in a policy of this kind, means who asks.
    ///
    /// An identity's statement lists no principals, because it is attached to its own. Should one ever stand for a
    /// resource's, it allows nobody anything and denies everybody.
    func naming(_ request: AccessRequest, _ kind: PolicyKind, isBounded: Bool) -> Naming {
        if let principals { return principals.naming(request.requester, effect: effect, isBounded: isBounded) }
        switch kind {
        case .resource, .trust: return effect == .allow ? .none : .direct
        case .identity, .boundary, .session: return .direct
        }
    }
}
