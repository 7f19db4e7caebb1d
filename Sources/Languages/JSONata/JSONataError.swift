import Core

/// Why a text is no expression, or why it has no value.
///
/// Codes and words are those of the reference implementation (docs.jsonata.org), because people know them: `S` is found when an
/// expression is compiled, `T` is a wrong type, `D` a wrong value, `U` a bound that was reached.
package struct JSONataError: Error, Hashable, Sendable {
    /// Behind a pointer, because functions that can throw hold room for an error in their stack frames.
    private let facts: Facts

    private final class Facts: Sendable {
        let code: String
        let position: Int?
        let token: String?
        let value: String?
        let details: [String: String]

        init(code: String, position: Int?, token: String?, value: String?, details: [String: String]) {
            self.code = code
            self.position = position
            self.token = token
            self.value = value
            self.details = details
        }
    }

    package var code: String { facts.code }
    /// How many Unicode scalars of the expression come before the place, which is mostly behind the token; `nil` where none is known.
    package var position: Int? { facts.position }
    /// The operator, function or text that it is about.
    package var token: String? { facts.token }
    /// The value that it is about, as JSON text, not longer than `valueLimit` characters.
    package var value: String? { facts.value }

    /// How many characters of a value an error repeats.
    static let valueLimit = 200

    /// Says what is wrong; `details` are what else the sentence names, by the names that the reference implementation has.
    init(
        _ code: String, at position: Int? = nil, token: String? = nil, value: String? = nil,
        details: [String: String] = [:]
    ) {
        facts = Facts(
            code: code, position: position, token: token, value: value.map { Self.shortened($0) }, details: details)
    }

    /// The same with place and token, where it has none of its own.
    func placed(at position: Int?, token: String?) -> JSONataError {
        JSONataError(
            code, at: self.position ?? position, token: self.token ?? token, value: value, details: facts.details)
    }

    package static func == (left: JSONataError, right: JSONataError) -> Bool {
        left.code == right.code && left.position == right.position && left.token == right.token
            && left.value == right.value && left.facts.details == right.facts.details
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(position)
    }

    /// More evaluations inside each other than there may be.
    static func tooDeep(at position: Int?, limit: Int) -> JSONataError {
        let message =
            "Stack overflow error: more than \(limit) evaluations inside each other. Check for non-terminating recursive "
            + "function. Consider rewriting as tail-recursive."
        return JSONataError("U1001", at: position, details: ["message": message])
    }

    /// More steps than there may be; the reference implementation has the same code for both.
    static func tooLong(limit: Int) -> JSONataError {
        let message = "Expression evaluation takes more than \(limit) steps: Check for infinite loop"
        return JSONataError("U1001", details: ["message": message])
    }

    private static func shortened(_ text: String) -> String {
        let start = text.prefix(valueLimit)
        return start.endIndex == text.endIndex ? text : start + "..."
    }
}

extension JSONataError: CustomStringConvertible {
    /// One sentence, without the place.
    package var description: String {
        guard let template = ErrorWords.templates[code] else { return code }
        var sentence = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            sentence += rest[..<open]
            sentence += insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return sentence + rest
    }

    private func insert(_ name: String) -> String {
        switch name {
        case "token": JSON.string(token ?? "").text
        case "name": token ?? ""
        case "value": value ?? ""
        case "type": JSON.string(facts.details[name] ?? "").text
        default: facts.details[name] ?? ""
        }
    }
}
