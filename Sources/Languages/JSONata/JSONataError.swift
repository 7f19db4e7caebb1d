import Core

/// Why a text is no expression, or why it has no value.
///
/// Codes and words are those of the reference implementation (docs.jsonata.org), because people know them: `S` is found when an
/// expression is compiled, `T` is a wrong type, `D` a wrong value, `U` a bound that was reached.
package struct JSONataError: Error, Hashable, Sendable {
    package let code: String
    /// How many Unicode scalars of the expression come before the place, which is mostly behind the token; `nil` where none is known.
    package internal(set) var position: Int?
    /// The operator, function or text that it is about.
    package internal(set) var token: String?
    /// The value that it is about, as JSON text, not longer than `valueLimit` characters.
    package let value: String?
    /// What else the sentence names, by the names that the reference implementation has for it.
    let details: [String: String]

    /// How many characters of a value an error repeats.
    static let valueLimit = 200

    init(
        _ code: String, at position: Int? = nil, token: String? = nil, value: String? = nil,
        details: [String: String] = [:]
    ) {
        self.code = code
        self.position = position
        self.token = token
        self.value = value.map { Self.shortened($0) }
        self.details = details
    }

    /// The same with place and token, where it has none of its own.
    func placed(at position: Int?, token: String?) -> JSONataError {
        var placed = self
        placed.position = self.position ?? position
        placed.token = self.token ?? token
        return placed
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
        case "token": token ?? ""
        case "value": value ?? ""
        default: details[name] ?? ""
        }
    }
}
