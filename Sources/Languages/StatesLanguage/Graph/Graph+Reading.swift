import Core

extension Graph {
    /// The graph of a machine.
    package init(of machine: StateMachine) { self.init(of: machine.flow) }

    /// The graph of a flow; flows nest no deeper than the language lets them.
    private init(of flow: Flow) {
        var places: [String: Int] = [:]
        for (place, name) in flow.names.enumerated() { places[name] = place }
        let nodes = flow.names.map { name in
            guard let state = flow.states[name] else { return Node(name: name, kind: .pass) }
            return Node(
                name: name, kind: state.kind, detail: Self.detail(of: state), retries: Self.retries(of: state),
                exits: Self.exits(of: state, places), isEnd: Self.isEnd(state), inner: Self.inner(of: state))
        }
        // A definition that was accepted begins at one of its states.
        self.init(nodes: nodes, start: places[flow.startAt] ?? 0)
    }

    private static func exits(of state: State, _ places: [String: Int]) -> [Exit] {
        var exits: [Exit] = []
        func add(_ name: String, _ reason: Reason) {
            if let place = places[name] { exits.append(Exit(target: place, reason: reason)) }
        }
        if case .choice(let choice) = state.body {
            for rule in choice.rules { add(rule.next, .rule(rule.condition.words)) }
            if let next = choice.defaultState { add(next, .otherwise) }
        }
        if case .next(let name)? = state.transition { add(name, .next) }
        for catcher in state.catchers { add(catcher.next, .caught(errors: catcher.errors.joined(separator: ", "))) }
        return exits
    }

    private static func isEnd(_ state: State) -> Bool {
        switch state.body {
        case .succeed, .fail: true
        case .choice(let choice): choice.defaultState == nil && choice.rules.isEmpty
        default: state.transition == .end
        }
    }

    private static func inner(of state: State) -> [Graph] {
        switch state.body {
        case .parallel(let branches): branches.map { Graph(of: $0) }
        case .map(let map): [Graph(of: map.processor)]
        default: []
        }
    }

    private static func detail(of state: State) -> String {
        let kind = state.kind.rawValue
        switch state.body {
        case .task: return "\(kind) \(callee(of: state))"
        case .wait(.seconds(let seconds)): return "\(kind) \(words(seconds) { "\($0) s" })"
        case .wait(.timestamp(let time)): return "\(kind) until \(words(time) { $0.instant.iso8601 })"
        case .fail(let fail): return "\(kind) \(fail.error.map { words($0) { $0 } } ?? "")".trimmedEnd
        case .map(let map):
            let most = map.maximumConcurrency.map { words($0) { $0 == 0 ? "" : ", \($0) at a time" } } ?? ""
            return map.mode == .distributed ? "\(kind), distributed\(most)" : "\(kind)\(most)"
        default: return kind
        }
    }

    /// What a task calls: the function of an invocation, or the end of its resource; of no task nothing.
    package static func callee(of state: State) -> String {
        guard case .task(let task) = state.body else { return "" }
        let named = (state.data.parameters ?? state.data.arguments)?.member("FunctionName") ?? ""
        let parts = task.resource.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2, parts[2] == "lambda" { return parts.dropFirst(6).joined(separator: ":") }
        if parts.count > 5, parts[5] == "lambda", !named.isEmpty {
            return named.hasPrefix("arn:") ? named.split(separator: ":").dropFirst(6).joined(separator: ":") : named
        }
        return parts.dropFirst(5).joined(separator: ":")
    }

    private static func retries(of state: State) -> String {
        state.retriers.filter { $0.maximumAttempts > 0 }
            .map { "retry \($0.maximumAttempts)x \($0.errors.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private static func words<Value>(_ setting: Setting<Value>, _ words: (Value) -> String) -> String {
        switch setting {
        case .fixed(let value): words(value)
        case .path(let path): path.text
        case .expression(let snippet): snippet.text
        }
    }
}

extension Template {
    /// The text of a member that is written out, or the path or expression that gives it.
    fileprivate func member(_ key: String) -> String? {
        switch self {
        case .literal(let value): return value[key]?.string
        case .object(let members):
            switch members.first(where: { $0.key == key })?.value {
            case .literal(let value)?: return value.string
            case .path(let path, _)?: return path.text
            case .jsonata(let snippet)?: return snippet.text
            default: return nil
            }
        default: return nil
        }
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
