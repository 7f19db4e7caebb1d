import Core

/// The tokens of a JSON text, one after the other: errors of the language are found before those of JSON behind them.
struct PatternTokens {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private(set) var position = 0
    /// The ends of the arrays and objects that are open, and where these begin.
    private var open: [(end: UInt8, start: Int)] = []
    private var expectsSeparator = false
    private var isInName = false

    init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// The next token; behind the end of the outermost value there must be nothing.
    mutating func next() throws(PatternFlaw) -> PatternToken {
        skipSpace()
        guard position < bytes.count else {
            guard open.isEmpty else { throw unexpected() }
            return .end
        }
        if let end = open.last?.end, bytes[position] == end, !isInName {
            position += 1
            open.removeLast()
            expectsSeparator = true
            return end == UInt8(ascii: "}") ? .objectEnd : .arrayEnd
        }
        if expectsSeparator {
            guard !open.isEmpty, bytes[position] == UInt8(ascii: ",") else { throw unseparated() }
            position += 1
            expectsSeparator = false
            skipSpace()
        }
        if open.last?.end == UInt8(ascii: "}"), !isInName { return try name() }
        isInName = false
        return try value()
    }

    private mutating func name() throws(PatternFlaw) -> PatternToken {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw unexpected("was expecting double-quote to start field name")
        }
        let name = try string()
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            throw unexpected("was expecting a colon to separate field name and value")
        }
        position += 1
        isInName = true
        return .name(name)
    }

    private mutating func value() throws(PatternFlaw) -> PatternToken {
        guard position < bytes.count else { throw unexpected() }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try opened(UInt8(ascii: "}"), .objectStart)
        case UInt8(ascii: "["): return try opened(UInt8(ascii: "]"), .arrayStart)
        case UInt8(ascii: "\""):
            expectsSeparator = true
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try scalar())
        default:
            let start = position
            let word = try scalar()
            guard [Array("true".utf8), Array("false".utf8), Array("null".utf8)].contains(word) else {
                position = start
                throw unexpected()
            }
            return .literal(word)
        }
    }

    private mutating func opened(_ end: UInt8, _ token: PatternToken) throws(PatternFlaw) -> PatternToken {
        guard open.count < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        open.append((end, position))
        expectsSeparator = false
        position += 1
        return token
    }

    /// A number or a word, which end where neither could go on.
    private mutating func scalar() throws(PatternFlaw) -> [UInt8] {
        let start = position
        while position < bytes.count, !Self.ends(bytes[position]) { position += 1 }
        let text = Array(bytes[start..<position])
        expectsSeparator = true
        guard (try? JSON(parsing: text)) != nil else {
            // That it is no JSON is all there is to say about it.
            position = start
            throw unexpected()
        }
        return text
    }

    private static func ends(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\""): true
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }

    private mutating func string() throws(PatternFlaw) -> [UInt8] {
        let start = position
        var isPlain = true
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            if position < bytes.count, bytes[position] < 0x20 { isPlain = false }
            position += 1
        }
        guard position < bytes.count else {
            throw .notJSON("Unexpected end-of-input: was expecting closing quote for a string value")
        }
        position += 1
        if isPlain { return Array(bytes[(start + 1)..<(position - 1)]) }
        do {
            let decoded = try JSON(parsing: Array(bytes[start..<position]))
            return Array((decoded.string ?? "").utf8)
        } catch {
            position = start + error.offset
            throw unexpected()
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// What stands where a comma or the end of what is open should.
    private func unseparated() -> PatternFlaw {
        guard let container = open.last else { return unexpected() }
        let isArray = container.end == UInt8(ascii: "]")
        let other = isArray ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard bytes[position] == other else {
            return unexpected("was expecting comma to separate \(isArray ? "Array" : "Object") entries")
        }
        let place = PatternError.Place(before: container.start, in: bytes)
        return .notJSON(
            "Unexpected close marker '\(isArray ? "}" : "]")': expected '\(isArray ? "]" : "}")' "
                + "(for \(isArray ? "Array" : "Object") starting at [\(place.described(in: bytes))])")
    }

    private func unexpected(_ wanted: String = "was expecting a value") -> PatternFlaw {
        guard position < bytes.count else { return .notJSON("Unexpected end-of-input: \(wanted)") }
        let byte = bytes[position]
        let shown = byte >= 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))' (code \(byte))" : "code \(byte)"
        return .notJSON("Unexpected character (\(shown)): \(wanted)")
    }
}
