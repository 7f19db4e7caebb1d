import Core
import Egress
import Synchronization

/// What each function may call outside, as the way out of its sandboxes asks for every request; for any thread.
///
/// A change counts from the next request on. What a function uses is counted over all its sandboxes and outlives a change.
package final class OutboundPolicies: Sendable {
    private struct State {
        var account: OutboundDocument?
        var functions: [FunctionName: OutboundDocument] = [:]
        var callers: BoundedCache<FunctionName, EgressCaller> = BoundedCache(limit: 16_384)
    }

    private let account: AccountID
    private let region: Region
    private let state = Mutex(State())

    /// Allows nothing yet.
    package init(account: AccountID, region: Region) {
        self.account = account
        self.region = region
    }

    /// On whose behalf a function calls, and what it may; nothing where its rules and its account's do not go together.
    package func caller(_ function: FunctionName) -> EgressCaller? {
        state.withLock { state in
            if let known = state.callers[function] { return known }
            guard let made = make(function, state, usage: EgressUsage()) else { return nil }
            state.callers[function] = made
            return made
        }
    }

    /// Checks that rules go together with those of the other scopes.
    package func check(_ document: OutboundDocument, for scope: OutboundScope) throws(EgressRuleFault) {
        try Self.check(state.withLock { Self.changed($0, document, scope) }, scope)
    }

    /// Replaces the rules of a scope, or takes them away.
    ///
    /// Throws, and changes nothing, where they do not go together with those of the other scopes.
    package func set(_ document: OutboundDocument?, for scope: OutboundScope) throws(EgressRuleFault) {
        let fault: EgressRuleFault? = state.withLock { state in
            var changed = Self.changed(state, document, scope)
            do throws(EgressRuleFault) { try Self.check(changed, scope) } catch { return error }
            changed.callers = BoundedCache(limit: 16_384)
            for name in state.functions.keys {
                guard let old = state.callers[name] else { continue }
                changed.callers[name] = make(name, changed, usage: old.usage)
            }
            state = changed
            return nil
        }
        if let fault { throw fault }
    }

    private static func changed(_ state: State, _ document: OutboundDocument?, _ scope: OutboundScope) -> State {
        var changed = state
        switch scope {
        case .account: changed.account = document
        case .function(let name): changed.functions[name] = document
        }
        return changed
    }

    private static func check(_ state: State, _ scope: OutboundScope) throws(EgressRuleFault) {
        let account = state.account?.rules ?? []
        switch scope {
        case .account:
            _ = try EgressPolicy(function: [], account: account)
            for document in state.functions.values {
                _ = try EgressPolicy(function: document.rules, account: account)
            }
        case .function(let name):
            _ = try EgressPolicy(function: state.functions[name]?.rules ?? [], account: account)
        }
    }

    private func make(_ function: FunctionName, _ state: State, usage: EgressUsage) -> EgressCaller? {
        let own = state.functions[function]
        // They were checked together when the later of them was written.
        guard
            let policy = try? EgressPolicy(
                function: own?.rules ?? [], account: state.account?.rules ?? [],
                limits: own?.limits ?? state.account?.limits ?? EgressLimits())
        else { return nil }
        return EgressCaller(
            name: "arn:aws:lambda:\(region):\(account):function:\(function)", policy: policy, usage: usage)
    }
}
