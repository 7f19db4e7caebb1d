import Core
import JSONPath

/// What the fields of JSONPath hold: a path or a call of an intrinsic function.
package struct PathExpression: Sendable {
    /// A path, or a call.
    package indirect enum Body: Sendable {
        case path(JSONPath)
        case call(IntrinsicCall)
    }

    package let text: String
    package let body: Body

    /// Reads a path that begins with `$`, or a call of a function in `States`.
    package init?(_ text: String, allowingCalls: Bool = true) {
        self.text = text
        if text.hasPrefix("$") {
            // What is wrong with a path is told by the field that holds it.
            guard let path = try? JSONPath(parsing: text, dialect: .stepFunctions) else { return nil }
            body = .path(path)
        } else {
            guard allowingCalls else { return nil }
            var parser = IntrinsicParser(text)
            guard let call = parser.document() else { return nil }
            body = .call(call)
        }
    }

    /// Why a path leads nowhere, in the words of the library that the service uses.
    func absence(in scope: Scope) -> String {
        guard case .path(let path) = body else { return "No results for \(text)" }
        switch path.root {
        case .document: return path.absence(in: scope.document)
        case .context: return path.absence(in: scope.context)
        case .variable(let name): return path.absence(in: scope.variables[name] ?? .null)
        }
    }

    /// The value, or nothing where a path leads nowhere.
    ///
    /// Throws where a function fails.
    package func value(in scope: Scope, _ evaluation: inout Evaluation) throws(StateFailure) -> JSON? {
        switch body {
        case .path(let path): try evaluation.value(of: path, in: scope)
        case .call(let call): try evaluation.value(of: call, in: scope)
        }
    }
}
