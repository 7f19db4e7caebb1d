import AccessPolicy
import Core
import Platform
import Synchronization

/// What is found out about a call while it is carried out: on what it acts, and whether it may.
///
/// Who checks a call tells it, so that the audit trail names the resource that was really asked for.
package final class CallEvidence: Sendable {
    private struct State {
        var action: Action?
        var resource: Resource?
        var denial: AccessDenied?
    }

    private let state = Mutex(State())

    /// Knows nothing yet.
    package init() {}

    /// A check was passed or, if there is a denial, not; the first denial is the one that counts.
    func note(_ action: Action, on resource: Resource, _ denial: AccessDenied? = nil) {
        state.withLock { state in
            guard state.denial == nil else { return }
            state = State(action: action, resource: resource, denial: denial)
        }
    }

    var action: Action? { state.withLock { $0.action } }
    var resource: Resource? { state.withLock { $0.resource } }
    var denial: AccessDenied? { state.withLock { $0.denial } }
}

extension Call {
    /// Whether the caller is the account itself, whom its own policies need not allow anything.
    var isAccount: Bool { if case .administrator(account) = principal { true } else { false } }

    /// Decides whether the call may happen, and lets the audit trail know what was asked; throws `AccessDenied`.
    func authorize(
        _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy = .none,
        facts: [String: ContextValue] = [:]
    ) async throws {
        let context = AccessContext(
            time: .now, sourceAddress: source, region: region, userAgent: userAgent, facts: facts)
        do {
            try await access.ask(principal, action, resource, policy, context)
            evidence.note(action, on: resource)
        } catch {
            if let denial = error as? AccessDenied { evidence.note(action, on: resource, denial) }
            throw error
        }
    }
}
