import Core

extension PathParser {
    /// The selectors between brackets, of which there is at least one.
    mutating func bracketed() throws(PathError) -> [PathSelector] {
        try expect("[")
        var selectors: [PathSelector] = []
        repeat {
            skipSpace()
            selectors.append(try selector())
            skipSpace()
        } while take(",")
        try expect("]")
        return selectors
    }

    private mutating func selector() throws(PathError) -> PathSelector {
        switch peek() {
        case "'", "\"": return .name(try string())
        case "*":
            position += 1
            return .wildcard
        case "?":
            position += 1
            skipSpace()
            return .filter(try nested { (parser) throws(PathError) in try parser.logical() })
        default: return try indexOrSlice()
        }
    }

    private mutating func indexOrSlice() throws(PathError) -> PathSelector {
        let start = try peek() == ":" ? nil : integer()
        let afterStart = position
        skipSpace()
        guard take(":") else {
            guard let start else { throw unexpected() }
            position = afterStart
            return .index(start)
        }
        skipSpace()
        let end = try integerIfAny()
        if end != nil { skipSpace() }
        guard take(":") else { return .slice(start: start, end: end, step: 1) }
        skipSpace()
        return .slice(start: start, end: end, step: try integerIfAny() ?? 1)
    }

    private mutating func integerIfAny() throws(PathError) -> Int? {
        switch peek() {
        case let digit? where "0"..."9" ~= digit || digit == "-": try integer()
        default: nil
        }
    }

    /// A whole number without leading zeros, in the range that JSON keeps exactly.
    private mutating func integer() throws(PathError) -> Int {
        let start = position
        let isNegative = take("-")
        let firstDigit = position
        while let digit = peek(), "0"..."9" ~= digit { position += 1 }
        guard position > firstDigit else { throw unexpected() }
        guard scalars[firstDigit] != "0" || (position == firstDigit + 1 && !isNegative) else {
            throw PathError(reason: .badNumber, offset: start)
        }
        guard let value = Int(text(from: start)), abs(value) <= PathLimits.integer else {
            throw PathError(reason: .numberTooLarge, offset: start)
        }
        return value
    }

    /// A string in either kind of quotes.
    mutating func string() throws(PathError) -> String {
        guard let quote = peek() else { throw error(.unexpectedEnd) }
        position += 1
        var text = ""
        while let scalar = peek() {
            if take(quote) { return text }
            guard scalar >= " " else { throw unexpected() }
            position += 1
            // Step Functions takes a backslash for what it is wherever it does not keep a quote or another one apart.
            let isPlain = dialect == .stepFunctions && peek() != quote && peek() != "\\"
            text.unicodeScalars.append(scalar == "\\" && !isPlain ? try escaped(in: quote) : scalar)
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escaped(in quote: Unicode.Scalar) throws(PathError) -> Unicode.Scalar {
        guard let scalar = peek() else { throw error(.unexpectedEnd) }
        position += 1
        switch scalar {
        case quote, "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try escapedScalar()
        default: throw PathError(reason: .badEscape, offset: position - 1)
        }
    }

    private mutating func escapedScalar() throws(PathError) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take("\\"), take("u") else { throw error(.badEscape) }
        let low = try codeUnit()
        guard 0xDC00..<0xE000 ~= low,
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw error(.badEscape) }
        return scalar
    }

    private mutating func codeUnit() throws(PathError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let scalar = peek(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw error(.badEscape)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
