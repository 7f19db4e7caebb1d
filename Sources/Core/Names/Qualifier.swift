/// Which of a function's versions is meant: the unpublished one, a numbered one, or where an alias points.
package enum Qualifier: Hashable, Sendable, CustomStringConvertible {
    case latest
    case version(Int)
    case alias(AliasName)

    /// Parses `$LATEST`, a version number, or an alias's name.
    package init(_ text: String) throws(NameError) {
        if text == "$LATEST" {
            self = .latest
        } else if let number = Int(text), number > 0, text.utf8.first != UInt8(ascii: "+") {
            self = .version(number)
        } else {
            self = .alias(try AliasName(text))
        }
    }

    package var description: String {
        switch self {
        case .latest: "$LATEST"
        case .version(let number): String(number)
        case .alias(let name): name.text
        }
    }
}

/// The name of an alias of a function: 1 to 128 letters, digits, dashes and underscores, not all digits.
package struct AliasName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes a name that cannot be mistaken for a version.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...128, extra: "-_")
        guard !text.allSatisfy(\.isNumber) else { throw .malformed(expected: "a name that is not a number") }
        self.text = text
    }

    package var description: String { text }
}
