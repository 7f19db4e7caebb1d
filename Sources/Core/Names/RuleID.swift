/// Which rule is meant: the bus, and the rule's name on it.
package struct RuleID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let bus: EventBusName
    package let name: RuleName

    /// Names a rule.
    package init(bus: EventBusName, name: RuleName) {
        self.bus = bus
        self.name = name
    }

    /// Reads the text form; anything else is `nil`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // What is no name names no rule.
        guard parts.count == 2, let bus = try? EventBusName(String(parts[0])),
            let name = try? RuleName(String(parts[1]))
        else { return nil }
        self.init(bus: bus, name: name)
    }

    /// `BUS/RULE`.
    package var description: String { "\(bus)/\(name)" }

    /// What stands behind `rule/` in the rule's ARN: rules of the default bus do not name it.
    package var path: String { bus == .standard ? name.text : description }
}
