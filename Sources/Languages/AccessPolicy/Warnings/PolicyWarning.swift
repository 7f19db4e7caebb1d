/// A part of a policy that can never match, and where it stands.
package struct PolicyWarning: Hashable, Sendable {
    /// Why nothing matches.
    package enum Reason: Hashable, Sendable {
        /// No service has this prefix.
        case unknownService(String)
        /// What is left out is everything.
        case exceptsEverything
        /// This segment is that of no ARN.
        case impossibleARN(segment: String)
        /// The operator has no value to compare with.
        case noValues
        /// No request satisfies this and another condition on the same key.
        case contradiction(key: String)
        /// No request is made by this kind of principal.
        case unusedPrincipal(String)
    }

    /// The place as a path, in which whatever may be a list is one: `Statement[0].Action[1]`.
    package let place: String
    package let reason: Reason

    /// Says what cannot match where.
    package init(place: String, reason: Reason) {
        self.place = place
        self.reason = reason
    }
}

extension Policy {
    /// Finds what can never match; services go by their prefixes in lower case.
    package func warnings(knownServices: Set<String>) -> [PolicyWarning] {
        statements.enumerated().flatMap { index, statement in
            let place = "Statement[\(index)]"
            return statement.actionWarnings(place, knownServices) + statement.resourceWarnings(place)
                + statement.principalWarnings(place) + ConditionWarnings(statement.conditions, place: place).all
        }
    }
}

extension Statement {
    fileprivate func actionWarnings(_ place: String, _ knownServices: Set<String>) -> [PolicyWarning] {
        let list = place + (exceptsActions ? ".NotAction" : ".Action")
        if exceptsActions {
            let isEverything = actions.contains { $0.reach == .everything }
            return isEverything ? [PolicyWarning(place: list, reason: .exceptsEverything)] : []
        }
        return actions.enumerated().compactMap { index, action in
            guard let service = action.service, !knownServices.contains(service) else { return nil }
            return PolicyWarning(place: "\(list)[\(index)]", reason: .unknownService(service))
        }
    }

    fileprivate func resourceWarnings(_ place: String) -> [PolicyWarning] {
        let list = place + (exceptsResources ? ".NotResource" : ".Resource")
        if exceptsResources, resources.contains(where: \.matchesAll) {
            return [PolicyWarning(place: list, reason: .exceptsEverything)]
        }
        return resources.enumerated().compactMap { index, resource in
            guard let segment = ARNSegments.impossible(in: resource) else { return nil }
            return PolicyWarning(place: "\(list)[\(index)]", reason: .impossibleARN(segment: segment))
        }
    }

    fileprivate func principalWarnings(_ place: String) -> [PolicyWarning] {
        guard let principals else { return [] }
        if principals.excepts, effect == .allow, principals.patterns.contains(.everyone) {
            return [PolicyWarning(place: place + ".NotPrincipal", reason: .exceptsEverything)]
        }
        guard !principals.excepts else { return [] }
        return principals.patterns.compactMap { pattern in
            guard case .canonicalUser(let user) = pattern else { return nil }
            return PolicyWarning(place: place + ".Principal.CanonicalUser", reason: .unusedPrincipal(user))
        }
    }
}

extension PolicyWarning: CustomStringConvertible {
    /// One sentence with the place, for whoever wrote the policy.
    package var description: String { "\(place) \(reason.predicate)" }
}

extension PolicyWarning.Reason {
    fileprivate var predicate: String {
        switch self {
        case .unknownService(let name): "can never match: no service here has the prefix \(PolicyFlaw.shown(name))"
        case .exceptsEverything: "can never match: everything is left out"
        case .impossibleARN(let segment): "can never match: no ARN has the segment \(PolicyFlaw.shown(segment))"
        case .noValues: "can never hold: there is no value to compare with"
        case .contradiction(let key): "can never hold beside another condition on \(PolicyFlaw.shown(key))"
        case .unusedPrincipal(let name): "can never match: no request is made by \(PolicyFlaw.shown(name))"
        }
    }
}
