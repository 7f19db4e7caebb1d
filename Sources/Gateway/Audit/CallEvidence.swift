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
        var principal: Principal?
        var facts: [AuditRecord.Fact] = []
        var warnings: [String] = []
    }

    private let state = Mutex(State())

    /// Knows nothing yet.
    package init() {}

    /// A check was passed or, if there is a denial, not; the first denial is the one that counts.
    func note(_ action: Action, on resource: Resource, _ denial: AccessDenied? = nil) {
        state.withLock { state in
            guard state.denial == nil else { return }
            (state.action, state.resource, state.denial) = (action, resource, denial)
        }
    }

    /// Who the caller turned out to be.
    func note(_ principal: Principal) { state.withLock { $0.principal = principal } }

    /// Something that the audit trail should say of the call.
    func note(_ name: String, _ value: String) { state.withLock { $0.facts.append(AuditRecord.Fact(name, value)) } }

    /// Something about what was written that its writer should know, in a sentence.
    func warn(_ sentence: String) {
        state.withLock { state in
            state.warnings.append(sentence)
            state.facts.append(AuditRecord.Fact("warning", sentence))
        }
    }

    var principal: Principal? { state.withLock { $0.principal } }
    var facts: [AuditRecord.Fact] { state.withLock { $0.facts } }
    var warnings: [String] { state.withLock { $0.warnings } }

    var action: Action? { state.withLock { $0.action } }
    var resource: Resource? { state.withLock { $0.resource } }
    var denial: AccessDenied? { state.withLock { $0.denial } }
}

extension Call {
    /// Whether the caller is the account itself, whom its own policies need not allow anything.
    var isAccount: Bool { if case .administrator(account) = principal { true } else { false } }

    /// The same call, by whom its caller has proven to be.
    func acting(as principal: Principal) -> Call {
        evidence.note(principal)
        return Call(
            principal: principal, account: account, region: region, requestID: requestID, trace: trace,
            descent: descent, endpoint: endpoint, evidence: evidence, source: source, userAgent: userAgent,
            caller: caller, access: access)
    }

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
