import Core

/// What an operator has told the governor about one scope.
package struct GovernorRule: Hashable, Sendable, Codable {
    /// What happens to calls of the scope.
    package enum Action: Hashable, Sendable, Codable {
        /// None begins; those in flight end by themselves.
        case stop
        /// So many may begin in a second, and so many be in flight; `nil` is no limit.
        case limit(rate: Double?, concurrency: Int?)
    }

    package let scope: String
    package let action: Action
    /// The ARN of who set it.
    package let setBy: String
    /// Milliseconds since 1970.
    package let setAt: Int64
    /// Why, in the words of who set it.
    package let reason: String
    /// Whether the audit trail does not know of it yet; `nil` for no.
    private(set) var isUnrecorded: Bool?

    /// The most bytes of a reason.
    package static let reasonLimit = 256

    init(_ scope: GovernorScope, _ action: Action, setBy: String, at time: Instant, reason: String) {
        self.scope = scope.description
        self.action = action
        self.setBy = setBy
        setAt = time.milliseconds
        self.reason = reason
    }

    /// The same rule, known to the audit trail or not.
    func recorded(_ isRecorded: Bool) -> GovernorRule {
        var rule = self
        rule.isUnrecorded = isRecorded ? nil : true
        return rule
    }

    /// Whether the figures make sense: rates and numbers of calls are not below 0.
    var isValid: Bool {
        guard reason.utf8.count <= Self.reasonLimit else { return false }
        switch action {
        case .stop: return true
        case .limit(let rate, let concurrency):
            guard rate != nil || concurrency != nil else { return false }
            return rate.map { $0.isFinite && $0 >= 0 } ?? true && concurrency.map { $0 >= 0 } ?? true
        }
    }
}

/// Why the governor did not let a call through; each names the rule or the budget, and who set it.
package enum GovernorRefusal: Error, Hashable, Sendable {
    case stopped(GovernorRule)
    case overRate(GovernorRule)
    case overConcurrency(GovernorRule)
    case overBudget(LineageBudget.Item, LineageBudget, LineageID)
    /// More lineages are at work than can be kept apart.
    case tooManyLineages(limit: Int)

    /// Whether it makes no sense to wait: no time brings a used-up budget back.
    package var isFinal: Bool { if case .overBudget(let item, _, _) = self { item.isFinal } else { false } }
}
