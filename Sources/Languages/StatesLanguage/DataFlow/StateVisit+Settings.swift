import Core
import JSONPath

extension StateVisit {
    /// The value of a setting that is a whole number; texts that hold one will do where a path leads to them.
    func integer(
        _ setting: Setting<Int>?, _ field: String, _ range: ClosedRange<Int>, in scope: Scope,
        _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Int? {
        guard let setting else { return nil }
        if case .fixed(let value) = setting { return value }
        let value = try self.value(of: setting, field, in: scope, &evaluation)
        guard let number = value.integer ?? value.string.flatMap({ Int64($0) }) else {
            throw Self.mismatch(setting, value, field, "integer")
        }
        guard let found = Int(exactly: number), range.contains(found) else {
            throw StateFailure(
                ErrorName.runtime, "\(field) must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return found
    }

    /// The same for a percentage.
    func percentage(
        _ setting: Setting<Double>?, _ field: String, in scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Double? {
        guard let setting else { return nil }
        if case .fixed(let value) = setting { return value }
        let value = try self.value(of: setting, field, in: scope, &evaluation)
        guard let number = value.double ?? value.string.flatMap({ Double($0) }), number.isFinite else {
            throw Self.mismatch(setting, value, field, "float")
        }
        guard 0...100 ~= number else {
            throw StateFailure(ErrorName.runtime, "\(field) must be between 0 and 100.")
        }
        return number
    }

    private func value<Value>(
        of setting: Setting<Value>, _ field: String, in scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        switch setting {
        // The callers have taken what is fixed.
        case .fixed: return .null
        case .expression(let snippet): return try snippet.value(in: scope.bindings(input: input), &evaluation)
        case .path(let path):
            guard let value = try path.value(in: scope, &evaluation) else {
                throw StateFailure(
                    ErrorName.runtime, "The \(field)Path field does not reference an input value: \(path.text)")
            }
            return value
        }
    }

    private static func mismatch<Value>(
        _ setting: Setting<Value>, _ value: JSON, _ field: String, _ expected: String
    ) -> StateFailure {
        switch setting {
        case .expression(let snippet): return snippet.mismatch(value, expected: expected)
        case .fixed, .path:
            let path = if case .path(let path) = setting { path.text } else { "" }
            // Objects are shown in quotes, as the service does.
            return StateFailure(
                ErrorName.runtime,
                "The \(field)Path field refers to value \"\(value.string ?? value.text)\" which is not a valid \(expected): "
                    + path)
        }
    }
}
