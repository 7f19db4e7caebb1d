import Core
import JSONPath

/// A JSON value with holes: `.$` fields of JSONPath, or `{% %}` strings of JSONata.
package indirect enum Template: Sendable {
    case literal(JSON)
    case object([Member])
    case array([Template])
    /// A path or call, with the field it stands in.
    case path(PathExpression, field: String)
    case jsonata(JSONataSnippet)

    /// A field, without the sign that it holds a path.
    package struct Member: Sendable {
        package let key: String
        package let value: Template
    }

    /// The value with all holes filled; `input` is the raw input of the state, which is what JSONata sees.
    package func value(
        in scope: Scope, input: JSON, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        // The bindings are the same for all expressions of a template.
        let bindings = holdsJSONata ? scope.bindings(input: input) : [:]
        return try fill(scope, bindings, &evaluation)
    }

    private func fill(
        _ scope: Scope, _ bindings: [String: JSON], _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        switch self {
        case .literal(let value): return value
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = try member.value.fill(scope, bindings, &evaluation) }
            return .object(object)
        case .array(let elements):
            var values: [JSON] = []
            for element in elements { values.append(try element.fill(scope, bindings, &evaluation)) }
            return .array(values)
        case .path(let path, let field):
            guard let value = try path.value(in: scope, &evaluation) else {
                throw Self.missing(path, field, scope)
            }
            return try Self.counted(value, &evaluation)
        case .jsonata(let snippet):
            return try Self.counted(try snippet.value(in: bindings, &evaluation), &evaluation)
        }
    }

    private static func counted(_ value: JSON, _ evaluation: inout Evaluation) throws(StateFailure) -> JSON {
        try evaluation.grow(by: value)
        return value
    }

    /// The failure where the path in a field leads nowhere.
    static func missing(_ path: PathExpression, _ field: String, _ scope: Scope) -> StateFailure {
        let document =
            switch path.body {
            case .path(let path) where path.root == .context: scope.context
            default: scope.document
            }
        return StateFailure(
            ErrorName.runtime,
            "The JSONPath '\(path.text)' specified for the field '\(field)' could not be found in the input "
                + "'\(document.text)'")
    }

    /// Whether any hole is filled by JSONata.
    private var holdsJSONata: Bool {
        switch self {
        case .literal, .path: false
        case .jsonata: true
        case .object(let members): members.contains { $0.value.holdsJSONata }
        case .array(let elements): elements.contains { $0.holdsJSONata }
        }
    }
}
