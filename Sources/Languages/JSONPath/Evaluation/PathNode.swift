import Core

/// A value in a document, and where it lies.
package struct PathNode: Hashable, Sendable {
    /// The steps from the root to the value.
    package let location: [PathStep]
    package let value: JSON

    /// Where the value lies, as RFC 9535, section 2.7, writes it.
    package var normalizedPath: String {
        location.reduce(into: "$") { path, step in
            switch step {
            case .index(let index): path += "[\(index)]"
            case .name(let name): path += "['\(Self.escaped(name))']"
            }
        }
    }

    private static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\u{8}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\r": text += "\\r"
            case "'": text += "\\'"
            case "\\": text += "\\\\"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
