import Core

/// How directly a statement of a resource's policy names who asks; what other policies must say depends on it.
enum Naming: Int, Comparable, Sendable {
    /// It does not.
    case none
    /// It names the account, which leaves the rest to the account's own policies.
    case account
    /// It names the role of a session, or the user of a federated session: boundaries and session policies still limit.
    case entity
    /// It names exactly who asks, or everyone.
    case direct

    static func < (left: Naming, right: Naming) -> Bool { left.rawValue < right.rawValue }
}

extension PrincipalList {
    /// How the list means who asks.
    ///
    /// Of `NotPrincipal` both readings are the careful one. An allowing statement leaves out whoever is listed by any of
    /// their names, also by their role or account. A denying one spares only those listed by their own name, and nobody
    /// who has a permissions boundary, as AWS says of its own.
    /// Source: IAM user guide, "AWS JSON policy elements: NotPrincipal", "Permissions boundaries for IAM entities".
    func naming(_ requester: Requester, effect: Effect, isBounded: Bool) -> Naming {
        guard excepts else { return listed(requester) }
        switch effect {
        case .allow: return listed(requester) == .none ? .direct : .none
        case .deny: return listed(requester) == .direct && !isBounded ? .none : .direct
        }
    }

    private func listed(_ requester: Requester) -> Naming {
        var best = Naming.none
        for pattern in patterns { best = max(best, pattern.naming(requester)) }
        return best
    }
}

extension PrincipalPattern {
    fileprivate func naming(_ requester: Requester) -> Naming {
        switch self {
        case .everyone: return .direct
        case .account(let account):
            if case .root(account) = requester { return .direct }
            return requester.account == account ? .account : .none
        case .arn(let arn):
            switch requester {
            case .user(_, let own, _): return Bytes.same(own, arn) ? .direct : .none
            case .roleSession(_, let role, _, let session):
                return Bytes.same(session, arn) ? .direct : Bytes.same(role, arn) ? .entity : .none
            case .federatedUser(_, let user, let session):
                return Bytes.same(session, arn) ? .direct : Bytes.same(user, arn) ? .entity : .none
            case .anonymous, .root, .service, .federated: return .none
            }
        case .uniqueID(let id):
            switch requester {
            case .user(_, _, let own): return Bytes.same(own, id) ? .direct : .none
            case .roleSession(_, _, let roleID, _): return Bytes.same(roleID, id) ? .entity : .none
            case .anonymous, .root, .federatedUser, .service, .federated: return .none
            }
        case .service(let name):
            if case .service(let own) = requester { return Bytes.same(own, name) ? .direct : .none }
            return .none
        case .federated(let provider):
            if case .federated(let own) = requester { return Bytes.same(own, provider) ? .direct : .none }
            return .none
        case .canonicalUser: return .none
        }
    }
}
