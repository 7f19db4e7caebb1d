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
    /// Decides whether the call may happen, and lets the audit trail know what was asked.
    func authorize(_ action: Action, on resource: Resource) throws(AccessDenied) {
        do throws(AccessDenied) {
            try Platform.authorize(principal, action, on: resource, in: AuthorizationContext(time: .now))
            evidence.note(action, on: resource)
        } catch {
            evidence.note(action, on: resource, error)
            throw error
        }
    }
}
