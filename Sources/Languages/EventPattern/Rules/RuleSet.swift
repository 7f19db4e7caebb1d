/// Many rules, and which of them an event matches.
///
/// Rules are added and removed one at a time. Matching reads the event's bytes once, leaves out what no rule names, and
/// costs what the event and the rules that match cost, not what all rules do; see `RuleAutomaton`. Rules that were removed
/// are skipped until they are more than the others, when the whole is built anew: on average removing costs as much as
/// adding.
///
/// At worst a value costs its length times the wildcards whose beginnings it matches, and telling array elements apart
/// ends in an error where it would take too long. Who adds rules bounds how many there are.
package struct RuleSet<Name: Hashable & Sendable>: Sendable {
    private var automaton = RuleAutomaton()
    /// By number.
    private var names: [Name] = []
    private var patterns: [EventPattern] = []
    private var branches: [[Int32]] = []
    private var numbers: [Name: [Int32]] = [:]
    private var removedCount = 0

    /// Below this many removed rules, or steps of such alone, nothing is built anew.
    private static var spare: Int { 1000 }

    /// Has no rules.
    package init() {}

    /// How many names have rules.
    package var count: Int { numbers.count }

    /// Adds a rule; events that match it match the name, also where the name has other rules.
    package mutating func add(_ pattern: EventPattern, as name: Name) {
        let number = Int32(names.count)
        names.append(name)
        patterns.append(pattern)
        branches.append(
            pattern.branches.enumerated().map { automaton.add($0.element, number: $0.offset, of: number) })
        numbers[name, default: []].append(number)
    }

    /// Removes all rules of a name; whether it had any.
    @discardableResult
    package mutating func remove(_ name: Name) -> Bool {
        guard let removed = numbers.removeValue(forKey: name) else { return false }
        for number in removed {
            for branch in branches[Int(number)] { automaton.remove(branch) }
            branches[Int(number)] = []
        }
        removedCount += removed.count
        let hasManyRemoved = removedCount > names.count - removedCount + Self.spare
        if hasManyRemoved || automaton.unusedSteps > automaton.usedSteps + Self.spare { rebuild() }
        return true
    }

    /// The names that an event matches, each once, in the order in which their rules were added.
    package func names(matching event: [UInt8], using scratch: inout MatchScratch) throws(EventError) -> [Name] {
        try automaton.match(event, patterns, &scratch)
        scratch.rules.sort()
        let found = scratch.rules.map { names[Int($0)] }
        // Only names with several rules could be there twice.
        guard numbers.count < names.count, found.count > 1 else { return found }
        var seen: Set<Name> = []
        return found.filter { seen.insert($0).inserted }
    }

    /// The names that an event matches, for who asks once.
    package func names(matching event: [UInt8]) throws(EventError) -> [Name] {
        var scratch = MatchScratch()
        return try names(matching: event, using: &scratch)
    }

    /// How many steps and rules there are, used or not: what the memory is in proportion to.
    var size: Int { automaton.steps.count + names.count }

    private mutating func rebuild() {
        var rebuilt = RuleSet()
        for number in names.indices where !branches[number].isEmpty {
            rebuilt.add(patterns[number], as: names[number])
        }
        self = rebuilt
    }
}
