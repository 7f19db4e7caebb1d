import Core
import JSONPath

extension StateVisit {
    /// Passes: the fixed result, or else what it works on.
    mutating func pass(result: JSON?, _ evaluation: inout Evaluation) throws(StateFailure) -> Outcome {
        guard state.queryLanguage == .jsonPath else {
            return try outcomeOfPassing(output: state.data.output, assign: state.data.assign, &evaluation)
        }
        if let result {
            inspection.result = result
            return try outcome(ofResult: result, &evaluation)
        }
        return try outcome(ofResult: try arguments(&evaluation), &evaluation)
    }

    /// Chooses: the rule that holds first, and its state.
    mutating func choose(
        _ choice: ChoiceBody, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> (next: String, outcome: Outcome) {
        let effective = try effectiveInput(&evaluation)
        let seen = scope.with(document: effective)
        for rule in choice.rules where try rule.condition.holds(in: seen, input: input, &evaluation) {
            let outcome = try outcomeOfPassing(
                output: rule.output, assign: rule.assign, &evaluation)
            return (rule.next, outcome)
        }
        guard let next = choice.defaultState else {
            throw StateFailure(
                ErrorName.noChoiceMatched,
                "Failed to transition out of the state. The state does not point to a next state.")
        }
        return (
            next, try outcomeOfPassing(output: state.data.output, assign: state.data.assign, &evaluation)
        )
    }

    /// The error of a state of failure.
    mutating func failure(_ body: FailBody, _ evaluation: inout Evaluation) throws(StateFailure) -> StateFailure {
        let seen = scope.with(document: try effectiveInput(&evaluation))
        return StateFailure(
            reported: try text(of: body.error, "Error", in: seen, &evaluation),
            cause: try text(of: body.cause, "Cause", in: seen, &evaluation))
    }

    private func text(
        of setting: Setting<String>?, _ field: String, in scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> String? {
        guard let setting else { return nil }
        let value: JSON
        switch setting {
        case .fixed(let text): return text
        case .expression(let snippet):
            value = try snippet.value(in: scope.bindings(input: input), &evaluation)
            guard value.string != nil else { throw snippet.mismatch(value, expected: "string") }
        case .path(let path):
            guard let found = try path.value(in: scope, &evaluation) else {
                throw Template.missing(path, "\(field)Path", scope)
            }
            value = found
        }
        guard let text = value.string else {
            throw StateFailure(
                ErrorName.runtime, "The \(field)Path field refers to a value that is no string: \(value.text)")
        }
        return text
    }

    /// When a wait is over.
    mutating func deadline(
        _ body: WaitBody, now: Instant, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Instant {
        let seen = scope.with(document: try effectiveInput(&evaluation))
        switch body {
        case .seconds(let setting):
            return now.advanced(milliseconds: Int64(try seconds(setting, in: seen, &evaluation)) * 1000)
        case .timestamp(.fixed(let time)): return time.instant
        case .timestamp(.expression(let snippet)):
            let value = try snippet.value(in: seen.bindings(input: input), &evaluation)
            guard let time = value.timestamp else { throw snippet.mismatch(value, expected: "timestamp") }
            return time.instant
        case .timestamp(.path(let path)):
            guard let value = try path.value(in: seen, &evaluation) else { throw Self.noReference("Timestamp", path) }
            guard let time = value.timestamp else {
                throw StateFailure(
                    ErrorName.runtime,
                    "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
                        + "string: \(path.text) == \(value.string ?? value.text)")
            }
            return time.instant
        }
    }

    private func seconds(
        _ setting: Setting<Int>, in scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Int {
        switch setting {
        case .fixed(let seconds): return seconds
        case .expression(let snippet):
            let value = try snippet.value(in: scope.bindings(input: input), &evaluation)
            guard let seconds = value.integer, 0...Int64(LanguageLimits.seconds) ~= seconds else {
                throw snippet.mismatch(value, expected: "integer")
            }
            return Int(seconds)
        case .path(let path):
            guard let value = try path.value(in: scope, &evaluation) else { throw Self.noReference("Seconds", path) }
            guard let seconds = value.integer ?? value.string.flatMap({ Int64($0) }) else {
                throw StateFailure(
                    ErrorName.runtime,
                    "The SecondsPath parameter cannot be parsed as a long value: \(path.text) == \(value.text)")
            }
            guard seconds >= 0 else {
                throw StateFailure(
                    ErrorName.runtime,
                    "The SecondsPath parameter references a negative value: \(path.text) == \(seconds)")
            }
            return Int(min(seconds, Int64(LanguageLimits.seconds)))
        }
    }

    private static func noReference(_ field: String, _ path: PathExpression) -> StateFailure {
        StateFailure(ErrorName.runtime, "The \(field)Path parameter does not reference an input value: \(path.text)")
    }
}
