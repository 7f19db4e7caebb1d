import Core
import StatesLanguage

/// A failure in sentences: what happened, what did not help, and what to do next.
struct FailureWords {
    let failure: ExecutionFailure
    /// How to name the execution on the command line.
    let execution: String
    let isRedrivable: Bool

    /// How much of an input is shown.
    private static let shownInput = 600

    /// A line for each fact.
    var lines: [String] {
        var lines: [String] = []
        if let visit = failure.visit {
            let inside = failure.outer.map { ", inside of \($0.name)" }.joined()
            lines.append("state:     \(visit.name) (\(visit.kind)\(inside)), entered at event \(visit.entered.id)")
        }
        lines.append("error:     \(failure.error ?? "none is named")")
        if let cause = failure.cause { lines.append("cause:     \(cause)") }
        if let field = failure.field { lines.append("field:     \(field)") }
        if let expression = failure.expression { lines.append("path:      \(expression)") }
        if let missing = failure.missing { lines.append("           \(missing)") }
        if let input = failure.visit?.entered.details["input"]?.string {
            let isCut = input.count > Self.shownInput
            lines.append("input:     \(input.prefix(Self.shownInput))\(isCut ? "… (all of it: --output json)" : "")")
        }
        lines += attempts.map { "tries:     \($0)" }
        lines += catchers.map { "caught:    \($0)" }
        lines += advice.map { "next:      \($0)" }
        return lines
    }

    /// How often it was tried, and why not again.
    private var attempts: [String] {
        guard let visit = failure.visit, let state = failure.state, state.kind.canBeRetried else { return [] }
        var lines: [String] = []
        for (place, tried) in visit.failures.enumerated() {
            lines.append("\(place + 1): \(tried.error ?? "failed") at \(tried.time.iso8601)")
        }
        if state.retriers.isEmpty { return lines + ["not again: '\(visit.name)' has no Retry"] }
        let fitting = state.retriers.first { ErrorName.list($0.errors, names: failure.error) }
        guard let fitting else {
            return lines + [
                "not again: its Retry names \(Self.names(state.retriers.map(\.errors))), and not this error"
            ]
        }
        return lines + [
            "not again: its Retry of \(fitting.errors.joined(separator: ", ")) allows \(fitting.maximumAttempts) more"
        ]
    }

    /// Why nothing caught it, state by state outwards.
    private var catchers: [String] {
        let states = (failure.state.map { [$0] } ?? []) + failure.outerStates
        let able = states.filter { $0.kind.canBeRetried }
        guard !able.isEmpty else {
            return failure.visit == nil ? [] : ["by nothing: no state around it can have a Catch"]
        }
        return able.map { state in
            if state.catchers.isEmpty { return "not by '\(state.name)': it has no Catch" }
            if let fitting = state.catchers.first(where: { ErrorName.list($0.errors, names: failure.error) }) {
                return
                    "by '\(state.name)', which went on with '\(fitting.next)': the failure above is that of the way on"
            }
            return
                "not by '\(state.name)': its Catch names \(Self.names(state.catchers.map(\.errors))), and not this error"
        }
    }

    private static func names(_ errors: [[String]]) -> String {
        errors.map { $0.joined(separator: ", ") }.joined(separator: "; ")
    }

    /// What to do next, the nearest first.
    private var advice: [String] {
        var lines: [String] = []
        let error = failure.error ?? ""
        switch error {
        case ErrorName.timeout, ErrorName.heartbeatTimeout:
            lines.append("give it more time (TimeoutSeconds, HeartbeatSeconds), or see what it waited for")
        case ErrorName.runtime, ErrorName.parameterPathFailure, ErrorName.resultPathMatchFailure,
            ErrorName.queryEvaluationError, ErrorName.intrinsicFailure:
            lines.append("correct the expression or the input; try the state alone: aws stepfunctions test-state")
        case ErrorName.noChoiceMatched: lines.append("give the Choice a Default, or a rule for this input")
        case ErrorName.dataLimitExceeded:
            lines.append("pass less on: at most \(LanguageLimits.payload) bytes (ResultSelector, OutputPath, Output)")
        case ErrorName.permissions, "Lambda.AccessDeniedException":
            lines.append("see what its role may do: martlet authorize --explain")
        case "Lambda.ResourceNotFoundException": lines.append("see which functions there are: martlet functions")
        default: break
        }
        if let function = calledFunction { lines.append("see what the function wrote: martlet logs \(function)") }
        if let state = failure.state, state.kind.canBeRetried, !error.isEmpty, error != ErrorName.runtime {
            let list = #"[{"ErrorEquals": ["\#(error)"]}]"#
            if state.retriers.isEmpty {
                lines.append("where another try may help: \"Retry\": \(list) in '\(state.name)'")
            }
        }
        if isRedrivable { lines.append("when the reason is gone: martlet workflows redrive \(execution) --follow") }
        lines.append("see all that happened: martlet workflows history \(execution)")
        return lines
    }

    /// The function that a task calls, where it is written out.
    private var calledFunction: String? {
        guard let state = failure.state, case .task(let task) = state.body, task.resource.contains("lambda") else {
            return nil
        }
        let detail = Graph.callee(of: state)
        let isName = !detail.isEmpty && detail.allSatisfy { $0.isLetter || $0.isNumber || "-_:".contains($0) }
        return isName ? String(detail.prefix { $0 != ":" }) : nil
    }

    /// Everything, for programs.
    func json(_ described: JSON) -> JSON {
        var members = JSONObject([
            ("execution", described["executionArn"] ?? .null), ("status", described["status"] ?? .null),
        ])
        members["state"] = failure.visit.map { .string($0.name) }
        members["inside"] = .array(failure.outer.map { .string($0.name) })
        members["event"] = .number(JSONNumber(failure.entry.id))
        members["error"] = failure.error.map { .string($0) }
        members["cause"] = failure.cause.map { .string($0) }
        members["field"] = failure.field.map { .string($0) }
        members["expression"] = failure.expression.map { .string($0) }
        members["missing"] = failure.missing.map { .string($0) }
        members["input"] = failure.visit?.entered.details["input"]
        members["attempts"] = .array(attempts.map { .string($0) })
        members["catchers"] = .array(catchers.map { .string($0) })
        members["next"] = .array(advice.map { .string($0) })
        return .object(members)
    }
}
