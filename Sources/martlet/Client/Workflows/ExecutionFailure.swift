import Core
import StatesLanguage

/// Why an execution did not succeed: which state, which error, what it had been given, and what did not help.
struct ExecutionFailure {
    /// The visit of the state that failed first; absent where the execution ended without one: it took too long, or was
    /// stopped.
    let visit: ExecutionTrack.Visit?
    /// The states that it is inside of, the innermost first.
    let outer: [ExecutionTrack.Visit]
    /// The event that says what failed.
    let entry: HistoryEntry
    /// The state as the definition has it.
    let state: State?
    /// The states around it.
    let outerStates: [State]

    /// Finds the failure; nothing where the execution succeeded or still runs.
    init?(_ track: ExecutionTrack, _ machine: StateMachine?) {
        guard let end = track.end, end.type != "ExecutionSucceeded" else { return nil }
        // What contains what failed only passes the error on.
        var entry = end
        var found: HistoryEntry?
        while let before = track.entries[entry.previous], before.id < entry.id {
            if before.isFailure && !before.isOfContainer || before.type == "FailStateEntered" { found = before }
            guard found == nil, before.isOfContainer || before.type.hasSuffix("Aborted") else { break }
            entry = before
        }
        let place = track.visit(of: found?.id ?? entry.previous) ?? track.visit(of: entry.id)
        let places = end.type == "ExecutionFailed" ? track.chain(from: place) : []
        let chain = places.map { track.visits[$0] }
        visit = chain.first
        outer = Array(chain.dropFirst())
        self.entry = found?.error == nil && found?.cause == nil ? end : found ?? end
        let states = machine.map { Self.states(of: $0.flow) } ?? [:]
        state = visit.flatMap { states[$0.name] }
        outerStates = outer.compactMap { states[$0.name] }
    }

    var error: String? { entry.error }
    var cause: String? { entry.cause }
    /// What the state was given.
    var input: JSON? {
        // What is no JSON has no members to look for.
        visit?.entered.details["input"]?.string.flatMap { try? JSON(parsing: $0) }
    }

    /// The field of the state at which an expression failed.
    var field: String? { entry.details["location"]?.string ?? quoted("for the field '") }

    /// The path or expression that failed.
    var expression: String? {
        quoted("The JSONPath '") ?? quoted("The JSONata expression '") ?? quoted("Invalid path '")
            ?? quoted("No results for path: $['").map { "$['\($0)" }
    }

    /// What stands in the cause behind some words, up to the next sign of quotation.
    private func quoted(_ words: String) -> String? {
        guard let cause, let range = cause.firstRange(of: words) else { return nil }
        let text = cause[range.upperBound...]
        // Paths have quotes of their own, in brackets.
        let ends = ["' specified", "' threw", "':", "'."].compactMap { text.firstRange(of: $0)?.lowerBound }
        guard let end = ends.min() ?? text.firstIndex(of: "'") else { return nil }
        return String(text[..<end])
    }

    /// The member of the input that a simple path does not find, with those that are there.
    var missing: String? {
        guard let expression, expression.hasPrefix("$."), var value = input else { return nil }
        var walked = "$"
        for name in expression.dropFirst(2).split(separator: ".").map(String.init) {
            guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else { return nil }
            guard let members = value.object else { return "\(walked) is no object, and so has no '\(name)'" }
            guard let next = members[name] else {
                let names = members.members.prefix(12).map(\.key).joined(separator: ", ")
                return "\(walked) has no '\(name)'; it has \(names.isEmpty ? "nothing" : names)"
            }
            walked += ".\(name)"
            value = next
        }
        return nil
    }

    /// All states of a flow and of those inside of it, by their names.
    private static func states(of flow: Flow) -> [String: State] {
        var found: [String: State] = [:]
        for (name, state) in flow.states {
            found[name] = state
            let inner: [Flow] =
                switch state.body {
                case .parallel(let branches): branches
                case .map(let map): [map.processor]
                default: []
                }
            for flow in inner { found.merge(states(of: flow)) { one, _ in one } }
        }
        return found
    }
}
