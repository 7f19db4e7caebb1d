/// Cuts an expression's text into tokens.
struct Lexer {
    let text: [Unicode.Scalar]
    private(set) var position = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    private static let pairs: Set<String> = ["..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"]
    private static let singles = Set(".[]{}()@#;:?+-*/%|=<>^&!~,".unicodeScalars)
    private static let spaces = Set(" \t\n\r\u{B}".unicodeScalars)

    /// The next token; where an operand cannot stand, `/` divides.
    mutating func next(afterOperand: Bool) throws(JSONataError) -> Token {
        try skipSpaceAndComments()
        guard position < text.count else { return Token(kind: .end, position: text.count) }
        let scalar = text[position]
        if !afterOperand, scalar == "/" {
            position += 1
            return try regularExpression()
        }
        if position + 1 < text.count {
            let pair = "\(scalar)\(text[position + 1])"
            if Self.pairs.contains(pair) {
                position += 2
                return token(.symbol(pair))
            }
        }
        if Self.singles.contains(scalar) {
            position += 1
            return token(.symbol(String(scalar)))
        }
        switch scalar {
        case "\"", "'": return try string()
        case "0"..."9": return try number()
        case "`": return try quotedName()
        default: return word()
        }
    }

    private func token(_ kind: Token.Kind) -> Token { Token(kind: kind, position: position) }

    private mutating func skipSpaceAndComments() throws(JSONataError) {
        while position < text.count {
            if Self.spaces.contains(text[position]) {
                position += 1
            } else if text[position] == "/", position + 1 < text.count, text[position + 1] == "*" {
                let start = position
                position += 2
                while position + 1 < text.count, text[position] != "*" || text[position + 1] != "/" { position += 1 }
                guard position + 1 < text.count else { throw JSONataError("S0106", at: start) }
                position += 2
            } else {
                return
            }
        }
    }

    /// A name, a variable or a word of the language.
    private mutating func word() -> Token {
        let start = position
        while position < text.count, !Self.spaces.contains(text[position]), !Self.singles.contains(text[position]) {
            position += 1
        }
        let word = Self.text(text[start..<position])
        if text[start] == "$" { return token(.variable(String(word.dropFirst()))) }
        switch word {
        case "or", "in", "and": return token(.symbol(word))
        case "true": return token(.bool(true))
        case "false": return token(.bool(false))
        case "null": return token(.null)
        default: return token(.name(word))
        }
    }

    private mutating func quotedName() throws(JSONataError) -> Token {
        position += 1
        guard let end = text[position...].firstIndex(of: "`") else {
            throw JSONataError("S0105", at: text.count)
        }
        let name = Self.text(text[position..<end])
        position = end + 1
        return token(.name(name))
    }

    /// Digits, with a fraction and an exponent; a point with no digit behind it is not part of it.
    private mutating func number() throws(JSONataError) -> Token {
        let start = position
        if text[position] == "0" { position += 1 } else { skipDigits() }
        if follows("."), isDigit(position + 1) {
            position += 1
            skipDigits()
        }
        if follows("e") || follows("E") {
            let signed = position + 1 < text.count && (text[position + 1] == "+" || text[position + 1] == "-")
            if isDigit(position + (signed ? 2 : 1)) {
                position += signed ? 2 : 1
                skipDigits()
            }
        }
        let digits = Self.text(text[start..<position])
        guard let number = Double(digits), number.isFinite else {
            throw JSONataError("S0102", at: position, token: digits)
        }
        return token(.number(number))
    }

    private func follows(_ scalar: Unicode.Scalar) -> Bool { position < text.count && text[position] == scalar }

    private func isDigit(_ place: Int) -> Bool { place < text.count && ("0"..."9").contains(text[place]) }

    private mutating func skipDigits() {
        while isDigit(position) { position += 1 }
    }

    private mutating func string() throws(JSONataError) -> Token {
        let quote = text[position]
        position += 1
        var content = String.UnicodeScalarView()
        while position < text.count {
            let scalar = text[position]
            position += 1
            if scalar == quote { return token(.string(String(content))) }
            if scalar == "\\" { content.append(try escape()) } else { content.append(scalar) }
        }
        throw JSONataError("S0101", at: position)
    }

    private mutating func escape() throws(JSONataError) -> Unicode.Scalar {
        guard position < text.count else { throw JSONataError("S0103", at: position, token: "") }
        let scalar = text[position]
        position += 1
        switch scalar {
        case "\"", "'", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try escapedScalar()
        default: throw JSONataError("S0103", at: position, token: String(scalar))
        }
    }

    /// Two halves make one scalar; a half alone cannot be told in Unicode and becomes U+FFFD.
    private mutating func escapedScalar() throws(JSONataError) -> Unicode.Scalar {
        guard let unit = hexUnit(at: position) else { throw JSONataError("S0104", at: position) }
        position += 4
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, follows("\\"), position + 1 < text.count, text[position + 1] == "u",
            let low = hexUnit(at: position + 2), 0xDC00..<0xE000 ~= low
        else { return "\u{FFFD}" }
        position += 6
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private func hexUnit(at place: Int) -> UInt32? {
        guard place + 4 <= text.count else { return nil }
        let digits = text[place..<(place + 4)]
        guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(Self.text(digits), radix: 16)
    }

    /// What stands between two slashes, and its flags.
    private mutating func regularExpression() throws(JSONataError) -> Token {
        let start = position
        var depth = 0
        var isInClass = false
        while position < text.count {
            switch text[position] {
            case "\\": position += 1
            case "/" where depth == 0 && !isInClass: return try finish(from: start)
            case "[": isInClass = true
            case "]": isInClass = false
            case "(", "{": depth += isInClass ? 0 : 1
            case ")", "}": depth -= isInClass ? 0 : 1
            default: break
            }
            position += 1
        }
        throw JSONataError("S0302", at: text.count)
    }

    private mutating func finish(from start: Int) throws(JSONataError) -> Token {
        let pattern = Self.text(text[start..<position])
        guard !pattern.isEmpty else { throw JSONataError("S0301", at: position) }
        position += 1
        let flags = text[position...].prefix { $0 == "i" || $0 == "m" }
        position += flags.count
        do {
            return token(
                .regex(
                    try RegularExpression(
                        parsing: pattern, ignoresCase: flags.contains("i"), hasLines: flags.contains("m"))))
        } catch {
            throw JSONataError("S0303", at: start + error.offset, value: error.description)
        }
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
