import Core

/// An expression of JSONata in a field: `{% $states.input.a %}`.
package struct JSONataSnippet: Sendable {
    /// What stands between the signs.
    package let text: String
    /// The field, with the names of those it lies in: `Arguments/Payload`.
    package let field: String
    let evaluate: JSONataLanguage.Evaluate

    /// What stands between the signs of a string that is an expression; `nil` where it is none.
    static func content(of string: String) -> String? {
        guard string.hasPrefix("{%"), string.hasSuffix("%}"), string.utf8.count >= 4 else { return nil }
        var text = Substring(string.dropFirst(2).dropLast(2))
        while let first = text.unicodeScalars.first, first.properties.isWhitespace { text.unicodeScalars.removeFirst() }
        while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
        return String(text)
    }

    /// The value; an error of the language where there is none.
    package func value(
        in bindings: [String: JSON], _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        let found: JSON?
        do throws(JSONataFailure) {
            found = try evaluate(bindings, evaluation.now, evaluation.chance.next())
        } catch {
            throw StateFailure(
                ErrorName.queryEvaluationError,
                "The JSONata expression '\(text)' specified for the field '\(field)' threw an error during evaluation. "
                    + error.message, location: field)
        }
        guard let found else {
            throw StateFailure(
                ErrorName.queryEvaluationError,
                "The JSONata expression '\(text)' specified for the field '\(field)' returned nothing (undefined).",
                location: field)
        }
        return found
    }

    /// The failure where a value is not of the kind that the field needs.
    package func mismatch(_ value: JSON, expected: String) -> StateFailure {
        StateFailure(
            ErrorName.queryEvaluationError,
            "The JSONata expression '\(text)' specified for the field '\(field)' returned an unexpected result type. "
                + "Expected '\(expected)', but was '\(value.typeName)' for value: \(value.text)",
            location: field)
    }
}
