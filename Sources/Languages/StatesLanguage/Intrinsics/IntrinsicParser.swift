import Core
import JSONPath

/// Reads a call of an intrinsic function by recursive descent, with a bound; `nil` wherever it is none.
struct IntrinsicParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// One call and nothing around it but white space.
    mutating func document() -> IntrinsicCall? {
        guard scalars.count <= LanguageLimits.payload else { return nil }
        skipSpace()
        guard let call = call(depth: 1) else { return nil }
        skipSpace()
        return position == scalars.count ? call : nil
    }

    private mutating func call(depth: Int) -> IntrinsicCall? {
        guard depth <= LanguageLimits.intrinsicDepth else { return nil }
        let start = position
        while let scalar = peek(), scalar.isASCII,
            Character(scalar).isLetter || Character(scalar).isNumber || scalar == "."
        {
            position += 1
        }
        guard let function = IntrinsicFunction(rawValue: text(from: start)) else { return nil }
        skipSpace()
        guard take("(") else { return nil }
        skipSpace()
        var arguments: [IntrinsicCall.Argument] = []
        if !take(")") {
            repeat {
                skipSpace()
                guard let argument = argument(depth: depth) else { return nil }
                arguments.append(argument)
                skipSpace()
            } while take(",")
            guard take(")") else { return nil }
        }
        guard function.arity.contains(arguments.count) else { return nil }
        return IntrinsicCall(function: function, arguments: arguments, text: text(from: start))
    }

    private mutating func argument(depth: Int) -> IntrinsicCall.Argument? {
        guard let next = peek() else { return nil }
        switch next {
        case "'": return quoted().map { .text($0) }
        case "$": return path().map { .path($0) }
        case "S": return call(depth: depth + 1).map { .call($0) }
        default: return literal().map { .value($0) }
        }
    }

    /// A text between single quotes, its escapes left in place.
    private mutating func quoted() -> String? {
        position += 1
        let start = position
        while let scalar = peek() {
            if scalar == "'" {
                let content = text(from: start)
                position += 1
                return content
            }
            position += scalar == "\\" ? 2 : 1
        }
        return nil
    }

    /// A path: up to the comma or parenthesis that belongs to the call.
    private mutating func path() -> JSONPath? {
        let start = position
        var depth = 0
        var quote: Unicode.Scalar?
        while let scalar = peek() {
            if let open = quote {
                if scalar == "\\" { position += 1 } else if scalar == open { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == "[" || scalar == "(" {
                depth += 1
            } else if scalar == "]" || (scalar == ")" && depth > 0) {
                depth -= 1
            } else if depth <= 0, scalar == "," || scalar == ")" {
                break
            }
            position += 1
        }
        position = min(position, scalars.count)
        var content = Substring(text(from: start))
        while content.last?.isWhitespace == true { content.removeLast() }
        // What is no path makes the call none.
        return try? JSONPath(parsing: String(content), dialect: .stepFunctions)
    }

    /// A number, `true`, `false` or `null`.
    private mutating func literal() -> JSON? {
        let start = position
        while let scalar = peek(), scalar != ",", scalar != ")", !Character(scalar).isWhitespace { position += 1 }
        // What is no value makes the call none.
        guard let value = try? JSON(parsing: text(from: start)), value.string == nil, value.array == nil,
            value.object == nil
        else { return nil }
        return value
    }

    private func peek() -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let scalar = peek(), Character(scalar).isWhitespace { position += 1 }
    }

    private func text(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[start..<min(position, scalars.count)])
        return text
    }
}
