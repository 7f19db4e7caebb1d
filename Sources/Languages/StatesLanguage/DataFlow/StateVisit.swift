import Core
import JSONPath

/// One visit of a state: its data on the way in, through, and out, as pure functions.
///
/// Each function throws the error of the language that the state fails with.
package struct StateVisit: Sendable {
    /// What a state leaves behind.
    package struct Outcome: Hashable, Sendable {
        package let output: JSON
        /// The variables that are assigned.
        package let assigned: JSONObject?
    }

    package let state: State
    /// The raw input, and what else can be seen on the way in.
    package let scope: Scope
    package internal(set) var inspection = Inspection()

    /// Begins with the raw input of a state as the scope's document.
    package init(_ state: State, scope: Scope) {
        self.state = state
        self.scope = scope
        inspection.input = scope.document
    }

    var input: JSON { scope.document }

    /// The part of the input that the state works with.
    mutating func effectiveInput(_ evaluation: inout Evaluation) throws(StateFailure) -> JSON {
        guard state.queryLanguage == .jsonPath else { return input }
        let value = try Self.part(state.data.inputPath, of: scope, &evaluation)
        inspection.afterInputPath = value
        return value
    }

    /// What a task, a branch or a pass works on: parameters or arguments, or the input without any.
    mutating func arguments(_ evaluation: inout Evaluation) throws(StateFailure) -> JSON {
        let effective = try effectiveInput(&evaluation)
        let template = state.queryLanguage == .jsonPath ? state.data.parameters : state.data.arguments
        var value = effective
        if let template { value = try template.value(in: scope.with(document: effective), input: input, &evaluation) }
        try Payload.check(value, "the state's effective input")
        if state.queryLanguage == .jsonPath {
            inspection.afterParameters = value
        } else if template != nil {
            inspection.afterArguments = value
        }
        return value
    }

    /// What becomes of a result: selected, put in its place, and cut to the output.
    mutating func outcome(ofResult result: JSON, _ evaluation: inout Evaluation) throws(StateFailure) -> Outcome {
        try Payload.check(result, "the state's result")
        var scope = scope
        guard state.queryLanguage == .jsonPath else {
            scope.result = result
            return try jsonataOutcome(in: scope, whole: result, &evaluation)
        }
        var selected = result
        if let selector = state.data.resultSelector {
            selected = try selector.value(in: scope.with(document: result), input: input, &evaluation)
        }
        inspection.afterResultSelector = selected
        let placed = try Self.place(selected, at: state.data.resultPath, in: input)
        inspection.afterResultPath = placed
        let output = try Self.part(state.data.outputPath, of: scope.with(document: placed), &evaluation)
        let assigned = try assigned(state.data.assign, in: scope.with(document: selected), &evaluation)
        return try checked(output, assigned)
    }

    /// What becomes of input that only passes: choices, waits and successes.
    mutating func outcomeOfPassing(
        output template: Template?, assign: Template?, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Outcome {
        guard state.queryLanguage == .jsonPath else {
            var output = input
            if let template { output = try template.value(in: scope, input: input, &evaluation) }
            return try checked(output, assigned(assign, in: scope, &evaluation))
        }
        let effective = try effectiveInput(&evaluation)
        let passing = scope.with(document: effective)
        let output = try Self.part(state.data.outputPath, of: passing, &evaluation)
        return try checked(output, assigned(assign, in: passing, &evaluation))
    }

    /// What becomes of an error that a catcher takes.
    mutating func outcome(
        of failure: StateFailure, caughtBy catcher: Catcher, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Outcome {
        let errorOutput = failure.output
        var scope = scope
        scope.errorOutput = errorOutput
        if state.queryLanguage == .jsonata {
            var output = errorOutput
            if let template = catcher.output { output = try template.value(in: scope, input: input, &evaluation) }
            return try checked(output, assigned(catcher.assign, in: scope, &evaluation))
        }
        let placed = try Self.place(errorOutput, at: catcher.resultPath, in: input)
        return try checked(placed, assigned(catcher.assign, in: scope.with(document: errorOutput), &evaluation))
    }

    private func jsonataOutcome(
        in scope: Scope, whole: JSON, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Outcome {
        var output = whole
        if let template = state.data.output { output = try template.value(in: scope, input: input, &evaluation) }
        return try checked(output, assigned(state.data.assign, in: scope, &evaluation))
    }

    /// The values that are assigned; all are evaluated before any is.
    private func assigned(
        _ assign: Template?, in scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSONObject? {
        guard let assign else { return nil }
        let value = try assign.value(in: scope, input: input, &evaluation)
        try Payload.check(value, "the assigned variables")
        return value.object
    }

    private func checked(_ output: JSON, _ assigned: JSONObject?) throws(StateFailure) -> Outcome {
        try Payload.check(output, "the state's output")
        return Outcome(output: output, assigned: assigned)
    }

    private static func part(
        _ path: DataPath, of scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        switch path {
        case .whole: return scope.document
        case .nothing: return .object(JSONObject())
        case .path(let path):
            guard let value = try path.value(in: scope, &evaluation) else {
                throw StateFailure(ErrorName.runtime, "Invalid path '\(path.text)' : \(path.absence(in: scope))")
            }
            return value
        }
    }

    private static func place(_ value: JSON, at path: ResultPath, in input: JSON) throws(StateFailure) -> JSON {
        switch path {
        case .whole: return value
        case .nowhere: return input
        case .place(let reference):
            do throws(ReferencePath.Mismatch) {
                return try reference.inserting(value, into: input)
            } catch {
                throw StateFailure(
                    ErrorName.resultPathMatchFailure,
                    "Unable to apply ResultPath '\(reference.text)' to the state's input '\(input.text)'.")
            }
        }
    }
}

extension StateFailure {
    /// The error as an object, as catchers see it; what was not reported is `null`.
    var output: JSON {
        .object(JSONObject([("Error", error.map(JSON.string) ?? .null), ("Cause", cause.map(JSON.string) ?? .null)]))
    }
}
