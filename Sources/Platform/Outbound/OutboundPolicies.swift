import Core
import Egress
import Synchronization

/// What each function may call outside, as the way out of its sandboxes asks for every request; for any thread.
///
/// A change counts from the next request on. What a function uses is counted over all its sandboxes and outlives a change.
package final class OutboundPolicies: Sendable {
    private struct State {
        var account: OutboundDocument?
        /// Of the scopes in which the platform itself calls.
        var own: [OutboundScope: OutboundDocument] = [:]
        var functions: [FunctionName: OutboundDocument] = [:]
        var callers: BoundedCache<FunctionName, EgressCaller> = BoundedCache(limit: 16_384)
        /// What calls of each API destination, state machine or host of topics have in use: one that hangs must not
        /// take the others' connections.
        var usages: BoundedCache<String, EgressUsage> = BoundedCache(limit: 4096)
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

    /// The rules for what the platform itself calls in a scope, if there are some, and what such calls have in use: for
    /// topics those to each host by themselves, else those in the name of each API destination and state machine.
    func own(
        _ scope: OutboundScope, _ name: String, to host: Host
    ) -> (document: OutboundDocument?, usage: EgressUsage) {
        state.withLock { state in
            let holder = scope == .topics ? "host \(host.text)" : name
            let usage = state.usages[holder] ?? EgressUsage()
            state.usages[holder] = usage
            return (state.own[scope], usage)
        }
    }

    /// Checks that rules go together with those of the other scopes, and that its services can be reached by them.
    package func check(_ document: OutboundDocument, for scope: OutboundScope) throws(OutboundDocument.Flaw) {
        let changed = state.withLock { Self.changed($0, document, scope) }
        let policy: EgressPolicy
        do throws(EgressRuleFault) {
            try Self.check(changed, scope)
            let own: OutboundDocument? = if case .function = scope { document } else { nil }
            policy = try Self.policy(own, changed.account)
        } catch { throw .rule(error) }
        for (place, service) in document.services.enumerated() {
            guard case .allowed = policy.judge(host: service.host, port: service.port, speech: .tcp) else {
                let target = "\(service.host.text):\(service.port)"
                throw .services(EgressRuleFault(rule: place, reason: .serviceNotAllowed(target)))
            }
        }
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
        case .topics, .destinations, .workflows: changed.own[scope] = document
        }
        return changed
    }

    private static func check(_ state: State, _ scope: OutboundScope) throws(EgressRuleFault) {
        switch scope {
        case .account:
            _ = try policy(nil, state.account)
            for document in state.functions.values { _ = try policy(document, state.account) }
        case .function(let name): _ = try policy(state.functions[name], state.account)
        case .topics, .destinations, .workflows: _ = try policy(state.own[scope], nil)
        }
    }

    private static func policy(
        _ own: OutboundDocument?, _ account: OutboundDocument?
    ) throws(EgressRuleFault) -> EgressPolicy {
        try EgressPolicy(
            function: own?.rules ?? [], account: account?.rules ?? [],
            limits: own?.limits ?? account?.limits ?? EgressLimits(), services: own?.services ?? [],
            accountServices: account?.services ?? [])
    }

    private func make(_ function: FunctionName, _ state: State, usage: EgressUsage) -> EgressCaller? {
        // They were checked together when the later of them was written.
        guard let policy = try? Self.policy(state.functions[function], state.account) else { return nil }
        return EgressCaller(
            name: "arn:aws:lambda:\(region):\(account):function:\(function)", policy: policy, usage: usage)
    }
}
