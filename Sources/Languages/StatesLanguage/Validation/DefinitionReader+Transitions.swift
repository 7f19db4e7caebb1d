extension DefinitionReader {
    /// Checks that all states that are named exist, that all are reached, and that there is an end.
    mutating func checkTransitions(of flow: Flow, at place: Place) {
        let statesPlace = place.member("States")
        if flow.states[flow.startAt] == nil {
            note(.missingTarget, "Missing 'Next' target: \(flow.startAt)", at: place.member("StartAt"))
        }
        var reached: Set<String> = [flow.startAt]
        var waiting = [flow.startAt]
        while let name = waiting.popLast() {
            guard let state = flow.states[name] else { continue }
            for (target, _) in Self.targets(of: state, at: statesPlace.member(name))
            where reached.insert(target).inserted {
                waiting.append(target)
            }
        }
        for name in flow.names {
            guard let state = flow.states[name] else { continue }
            for (target, targetPlace) in Self.targets(of: state, at: statesPlace.member(name))
            where flow.states[target] == nil {
                note(.missingTarget, "Missing 'Next' target: \(target)", at: targetPlace)
            }
        }
        for name in flow.names where !reached.contains(name) {
            note(.missingTarget, "State \"\(name)\" is not reachable.", at: statesPlace.member(name))
        }
        if !flow.states.values.contains(where: Self.ends) {
            note(.missingEnd, "Workflow has no terminal state", at: place)
        }
    }

    private static func ends(_ state: State) -> Bool {
        switch state.body {
        case .succeed, .fail: true
        default: state.transition == .end
        }
    }

    /// The states that a state may go on with, and where they are named.
    private static func targets(of state: State, at place: Place) -> [(name: String, place: Place)] {
        var targets: [(String, Place)] = []
        if case .next(let next)? = state.transition { targets.append((next, place.member("Next"))) }
        if case .choice(let choice) = state.body {
            for (index, rule) in choice.rules.enumerated() {
                targets.append((rule.next, place.member("Choices").element(index).member("Next")))
            }
            if let next = choice.defaultState { targets.append((next, place.member("Default"))) }
        }
        for (index, catcher) in state.catchers.enumerated() {
            targets.append((catcher.next, place.member("Catch").element(index).member("Next")))
        }
        return targets
    }
}
