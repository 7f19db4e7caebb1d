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

        mutating func ended() {
            // A call that began before the rule, without a row of its own in the table, was not counted in.
            if inFlight > 0 { inFlight -= 1 }
        }

        mutating func take(at now: GovernorTime) {
            inFlight += 1
            guard case .limit(let rate?, _) = rule.action else { return }
            tokens = tokens(rate, at: now) - 1
            refilled = now
        }
    }

    /// How many rules there are of each sort of scope: a call looks for none where there are none.
    private struct Dimensions: Sendable {
        private var everything = 0
        private var kinds = 0
        private var lineages = 0
        private var functions = 0
        private var targets = 0

        mutating func count(_ scope: GovernorScope, by change: Int) {
            switch scope {
            case .everything: everything += change
            case .kind: kinds += change
            case .lineage: lineages += change
            case .function: functions += change
            case .target: targets += change
            }
        }

        /// Names the scopes that a call belongs to and that there are rules for, the widest first.
        @inline(__always)
        func visit(_ call: GovernedCall, _ body: (GovernorScope) -> Void) {
            if everything > 0 { body(.everything) }
            if kinds > 0 { body(.kind(call.kind)) }
            if lineages > 0 { body(.lineage(call.lineage)) }
            if functions > 0, let function = call.function { body(.function(function)) }
            if targets > 0, let target = call.target { body(.target(target)) }
        }
    }

    private var active: [GovernorScope: Active] = [:]
    private var dimensions = Dimensions()

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
        if active[scope] == nil { dimensions.count(scope, by: 1) }
        active[scope] = Active(
            rule: rule, inFlight: active[scope]?.inFlight ?? inFlight, tokens: tokens, refilled: now)
    }

    /// Ends the rule of a scope; `nil` if there was none.
    mutating func lift(_ scope: GovernorScope) -> GovernorRule? {
        guard let lifted = active.removeValue(forKey: scope) else { return nil }
        dimensions.count(scope, by: -1)
        return lifted.rule
    }

    /// Why a call may not begin; nothing is counted yet.
    func refusal(_ call: GovernedCall, at now: GovernorTime) -> GovernorRefusal? {
        guard !active.isEmpty else { return nil }
        var found: GovernorRefusal?
        dimensions.visit(call) { scope in
            if found == nil { found = active[scope]?.refusal(at: now) }
        }
        return found
    }

    /// The stop that stands in the way of accepting a call that is to be done later; limits only let it wait.
    func stop(_ call: GovernedCall) -> GovernorRule? {
        guard !active.isEmpty else { return nil }
        var found: GovernorRule?
        dimensions.visit(call) { scope in
            if found == nil, let rule = active[scope]?.rule, rule.action == .stop { found = rule }
        }
        return found
    }

    /// A call begins.
    mutating func take(_ call: GovernedCall, at now: GovernorTime) {
        guard !active.isEmpty else { return }
        let dimensions = dimensions
        dimensions.visit(call) { active[$0]?.take(at: now) }
    }

    /// A call has ended.
    mutating func ended(_ call: GovernedCall) {
        guard !active.isEmpty else { return }
        let dimensions = dimensions
        dimensions.visit(call) { active[$0]?.ended() }
    }
}
