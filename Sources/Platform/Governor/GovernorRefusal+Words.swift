import Core

/// Why the governor did not let a call through, in words that name the rule or the budget and who set it.
extension GovernorRefusal {
    /// The reason as programs tell it apart.
    package var code: String {
        switch self {
        case .stopped: "GovernorStopped"
        case .overRate: "GovernorRateLimitExceeded"
        case .overConcurrency: "GovernorConcurrencyLimitExceeded"
        case .overBudget(let item, _, _): "LineageBudgetExhausted:\(item.rawValue)"
        case .tooManyLineages: "TooManyLineages"
        }
    }

    /// The reason as people read it.
    package var message: String {
        switch self {
        case .stopped(let rule): "Calls of \(rule.scope) are stopped by \(Self.origin(of: rule))."
        case .overRate(let rule), .overConcurrency(let rule):
            "Rate Exceeded. Calls of \(rule.scope) are limited to \(Self.limit(of: rule)) by \(Self.origin(of: rule))."
        case .overBudget(let item, let budget, let lineage):
            "The lineage \(lineage) has used up its budget of \(item.rawValue) (\(budget.limit(of: item)), set by "
                + "\(budget.setBy) for \(budget.entry == LineageBudget.anyEntry ? "any entry point" : budget.entry)): "
                + "what one request from outside causes may go no further."
        case .tooManyLineages(let limit):
            "The server works on \(limit) requests from outside and cannot keep one more apart; try again later."
        }
    }

    private static func origin(of rule: GovernorRule) -> String {
        "\(rule.setBy) since \(Instant(milliseconds: rule.setAt).iso8601)"
            + (rule.reason.isEmpty ? "" : " (\(rule.reason))")
    }

    private static func limit(of rule: GovernorRule) -> String {
        guard case .limit(let rate, let concurrency) = rule.action else { return "0" }
        return [rate.map { "\($0) a second" }, concurrency.map { "\($0) at a time" }].compactMap { $0 }
            .joined(separator: " and ")
    }
}
