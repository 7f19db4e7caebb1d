/// How a decision came about: for `--explain`, not for the way of a request.
package struct Explanation: Hashable, Sendable {
    /// A statement that applies to the request.
    package struct Applied: Hashable, Sendable {
        package let statement: StatementReference
        package let effect: Effect
    }

    /// A statement of the request's action and resource that does not apply.
    package struct NearMiss: Hashable, Sendable {
        package let statement: StatementReference
        package let effect: Effect
        /// Whether it speaks of others than who asks.
        package let isForOthers: Bool
        package let failed: [FailedCondition]
    }

    /// A condition that does not hold.
    package struct FailedCondition: Hashable, Sendable {
        /// As the policy has them.
        package let comparison: String
        package let key: String
        /// Whether the request has no value for the key.
        package let isAbsent: Bool
    }

    package let decision: Decision
    package let applied: [Applied]
    package let near: [NearMiss]
}

extension Authorization {
    /// Decides, and says which statements apply and which nearly do, in the order of the policies.
    ///
    /// Looks at every statement, without the help of the index.
    package func explain(
        _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Explanation {
        var applied: [Explanation.Applied] = []
        var near: [Explanation.NearMiss] = []
        for (policy, kind) in policies {
            for (index, statement) in policy.policy.statements.enumerated()
            where statement.concerns(request, lookUp) {
                let reference = policy.reference(index, kind)
                let isForOthers = statement.naming(request, kind, isBounded: boundary != nil) == .none
                let failed = statement.conditions.filter { condition in
                    let fact = Fact(request.value(of: condition.key, lookUp), as: condition.slot.form)
                    return !condition.holds(fact, effect: statement.effect) { request.value(of: $0, lookUp) }
                }
                if failed.isEmpty, !isForOthers {
                    applied.append(Explanation.Applied(statement: reference, effect: statement.effect))
                    continue
                }
                near.append(
                    Explanation.NearMiss(
                        statement: reference, effect: statement.effect, isForOthers: isForOthers,
                        failed: failed.map { condition in
                            Explanation.FailedCondition(
                                comparison: condition.comparison.text, key: condition.key.text,
                                isAbsent: request.value(of: condition.key, lookUp)?.isAbsent ?? true)
                        }))
            }
        }
        return Explanation(decision: decide(request, lookUp), applied: applied, near: near)
    }

    private var policies: [(NamedPolicy, PolicyKind)] {
        identity.policies.map { ($0, .identity) } + (resourcePolicy.map { [($0.policy, $0.kind)] } ?? [])
            + (boundary.map { [($0, .boundary)] } ?? []) + (session?.policies ?? []).map { ($0, .session) }
    }
}
