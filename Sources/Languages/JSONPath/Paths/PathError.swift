/// Why text is no path, and where.
package struct PathError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Reason: Hashable, Sendable {
        case missingRoot
        case unexpectedEnd
        case unexpectedCharacter(Unicode.Scalar)
        case badEscape
        case badNumber
        case numberTooLarge
        case unknownFunction(String)
        case wrongArguments(function: String)
        case notComparable
        case notLogical
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
    }

    package let reason: Reason
    /// How many Unicode scalars come before the place.
    package let offset: Int
}

extension PathError: CustomStringConvertible {
    package var description: String { "\(words) at character \(offset + 1)" }

    private var words: String {
        switch reason {
        case .missingRoot: "a path begins with '$'"
        case .unexpectedEnd: "the path ends too early"
        case .unexpectedCharacter(let character): "'\(Character(character))' is not expected"
        case .badEscape: "this is no escape of a string"
        case .badNumber: "this is no number"
        case .numberTooLarge: "the number is too large"
        case .unknownFunction(let name): "there is no function '\(name)'"
        case .wrongArguments(let function): "'\(function)' does not take these arguments"
        case .notComparable: "only literals, paths to one value and functions with a value can be compared"
        case .notLogical: "this is neither a test nor a comparison"
        case .tooLong(let limit): "a path has at most \(limit) characters, and this one has more"
        case .tooDeep(let limit): "filters nest at most \(limit) deep, and these nest deeper"
        }
    }
}
