/// The rules that hold, and how far each is used.
///
/// Pure. As long as there are none, a call costs one comparison.
struct GovernorRules: Sendable {
    /// How many rules there may be.
    static let limit = 10_000

    private struct Active: Sendable {
        var rule: GovernorRule
        var inFlight: Int
        /// Calls that may begin at once; refilled as time passes.
        var tokens: Double
        var refilled: GovernorTime

        func refusal(at now: GovernorTime) -> GovernorRefusal? {
            switch rule.action {
            case .stop: return .stopped(rule)
            case .limit(let rate, let concurrency):
                if let concurrency, inFlight >= concurrency { return .overConcurrency(rule) }
                if let rate, tokens(rate, at: now) < 1 { return .overRate(rule) }
                return nil
            }
        }

        func tokens(_ rate: Double, at now: GovernorTime) -> Double {
            let most = rate > 0 ? max(1, rate) : 0
            return min(most, tokens + rate * Double(now.since(refilled)) / 1_000_000_000)
        }

        mutating func take(at now: GovernorTime) {
            inFlight += 1
            guard case .limit(let rate?, _) = rule.action else { return }
            tokens = tokens(rate, at: now) - 1
            refilled = now
        }
    }

    private var active: [GovernorScope: Active] = [:]

    var isEmpty: Bool { active.isEmpty }
    var count: Int { active.count }

    /// Every rule, ordered by scope.
    var all: [GovernorRule] { active.values.map(\.rule).sorted { $0.scope < $1.scope } }

    /// The rule of a scope.
    subscript(_ scope: GovernorScope) -> GovernorRule? { active[scope]?.rule }

    /// Lets a rule hold from now on, in the place of one of the same scope; so many calls of it are in flight already.
    mutating func set(_ rule: GovernorRule, for scope: GovernorScope, inFlight: Int, at now: GovernorTime) {
        var tokens = 0.0
        if case .limit(let rate?, _) = rule.action { tokens = rate > 0 ? max(1, rate) : 0 }
        active[scope] = Active(
            rule: rule, inFlight: active[scope]?.inFlight ?? inFlight, tokens: tokens, refilled: now)
    }

    /// Ends the rule of a scope; `nil` if there was none.
    mutating func lift(_ scope: GovernorScope) -> GovernorRule? { active.removeValue(forKey: scope)?.rule }

    /// Why a call may not begin; nothing is counted yet.
    func refusal(_ call: GovernedCall, at now: GovernorTime) -> GovernorRefusal? {
        guard !active.isEmpty else { return nil }
        for scope in Self.scopes(of: call) {
            if let refusal = active[scope]?.refusal(at: now) { return refusal }
        }
        return nil
    }

    /// The stop that stands in the way of accepting a call that is to be done later; limits only let it wait.
    func stop(_ call: GovernedCall) -> GovernorRule? {
        guard !active.isEmpty else { return nil }
        return Self.scopes(of: call).lazy.compactMap { active[$0]?.rule }.first { $0.action == .stop }
    }

    /// A call begins.
    mutating func take(_ call: GovernedCall, at now: GovernorTime) {
        guard !active.isEmpty else { return }
        for scope in Self.scopes(of: call) { active[scope]?.take(at: now) }
    }

    /// A call has ended.
    mutating func ended(_ call: GovernedCall) {
        guard !active.isEmpty else { return }
        for scope in Self.scopes(of: call) {
            // A call that began before a rule, without a row of its own in the table, was not counted in.
            if let count = active[scope]?.inFlight, count > 0 { active[scope]?.inFlight = count - 1 }
        }
    }

    /// The scopes a call belongs to, the widest first.
    private static func scopes(of call: GovernedCall) -> [GovernorScope] {
        var scopes: [GovernorScope] = [.everything, .kind(call.kind), .lineage(call.lineage)]
        if let function = call.function { scopes.append(.function(function)) }
        if let target = call.target { scopes.append(.target(target)) }
        return scopes
    }
}
