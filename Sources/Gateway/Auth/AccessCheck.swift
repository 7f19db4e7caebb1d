import AccessPolicy
import Platform

/// How an operation asks whether its caller may go on; throws `AccessDenied` where it may not.
package struct AccessCheck: Sendable {
    /// The question: who, what, on what, what the resource's own policy says, and the circumstances.
    package typealias Question =
        @Sendable (
            _ principal: Principal, _ action: Action, _ resource: Resource, _ policy: Authorization.ResourcePolicy,
            _ context: AccessContext
        ) async throws -> Void

    let ask: Question

    /// Asks an account's identities.
    package init(_ identity: Identity) {
        ask = { principal, action, resource, policy, context in
            try await identity.authorize(principal, action, on: resource, policy: policy, in: context)
        }
    }

    private init(ask: @escaping Question) { self.ask = ask }

    /// Lets nobody go on but the account itself: for calls that no identities were given to.
    package static let accountOnly = AccessCheck { principal, action, resource, _, _ in
        guard case .administrator(resource.owner) = principal else {
            throw AccessDenied(
                principal: principal, action: action, resource: resource,
                decision: .implicitlyDenied(missing: .identity))
        }
    }
}
