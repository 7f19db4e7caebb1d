import Core
import EventPattern

/// Why a rule has something to do with an event, or nothing.
package struct RuleVerdict: Hashable, Sendable {
    package let rule: RuleName
    package let matches: Bool
    /// Why not: a line for each field that differs, or what else stands against it.
    package let reasons: [String]
}

extension EventBuses {
    /// What the rules of a bus, as they are now, say about an event, in the order of their names.
    package nonisolated func verdicts(
        on event: [UInt8], of bus: EventBusName
    ) throws(EventBusError) -> [RuleVerdict] {
        var verdicts: [RuleVerdict] = []
        for (name, rule) in try rules(of: bus) {
            let reasons = try Self.reasons(against: rule, event)
            verdicts.append(RuleVerdict(rule: name, matches: reasons.isEmpty, reasons: reasons))
        }
        return verdicts
    }

    private static func reasons(against rule: EventRule, _ event: [UInt8]) throws(EventBusError) -> [String] {
        guard rule.settings.isEnabled else { return ["the rule is disabled"] }
        guard let text = rule.settings.pattern else { return ["the rule has a schedule and no pattern"] }
        let pattern: EventPattern
        do { pattern = try EventPattern(parsing: text) } catch { throw .badPattern(error) }
        do {
            let explanation = try EventExplanation(of: pattern, on: event)
            return explanation.matches ? [] : explanation.description.split(separator: "\n").map(String.init)
        } catch { throw .unmatchable(error) }
    }
}
