import AccessPolicy

/// Why a request may not happen.
package struct AccessDenied: Error, Equatable {
    package let principal: Principal
    package let action: Action
    package let resource: Resource
    package let decision: Decision

    /// Says who may not do what to which resource, and what decided so.
    package init(principal: Principal, action: Action, resource: Resource, decision: Decision) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.decision = decision
    }

    /// What would have allowed it, or what forbids it, in few words: for the audit trail.
    package var missing: String {
        switch decision {
        case .allowed: "nothing"
        case .explicitlyDenied(let statement):
            "statement \(statement.sid ?? "\(statement.index + 1)") of \(statement.policy) denies it"
        case .implicitlyDenied(let kind): "\(kind)-based policy that allows \(action)"
        }
    }

    /// AWS's own sentence for it.
    package var message: String {
        "User: \(principal.arn) is not authorized to perform: \(action) on resource: \(resource.text)"
            + (decision.reason(for: action.policyName).map { " " + $0 } ?? "")
    }
}
