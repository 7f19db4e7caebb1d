import Core

extension Condition {
    /// Whether the condition holds; `input` is the raw input of the state.
    func holds(in scope: Scope, input: JSON, _ evaluation: inout Evaluation) throws(StateFailure) -> Bool {
        switch self {
        case .and(let parts):
            for part in parts where try !part.holds(in: scope, input: input, &evaluation) { return false }
            return true
        case .or(let parts):
            for part in parts where try part.holds(in: scope, input: input, &evaluation) { return true }
            return false
        case .not(let part): return try !part.holds(in: scope, input: input, &evaluation)
        case .comparison(let variable, let comparison):
            let value = try variable.value(in: scope, &evaluation)
            if case .isPresent(let expected) = comparison { return (value != nil) == expected }
            guard let value else { throw Self.invalid(variable) }
            return try comparison.holds(for: value, in: scope, &evaluation)
        case .expression(let snippet):
            let value = try snippet.value(in: scope.bindings(input: input), &evaluation)
            guard let flag = value.bool else { throw snippet.mismatch(value, expected: "boolean") }
            return flag
        case .fixed(let flag): return flag
        }
    }

    /// The failure where a path of a rule leads nowhere.
    static func invalid(_ path: PathExpression) -> StateFailure {
        StateFailure(
            ErrorName.runtime,
            "Invalid path '\(path.text)': The choice state's condition path references an invalid value.")
    }
}
