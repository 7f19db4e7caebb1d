/// Reads filter patterns: terms, and what all kinds of patterns have in common.
struct FilterPatternParser {
    /// The most regular expressions of one pattern, as AWS has it.
    private static let expressionLimit = 2

    let bytes: [UInt8]
    var position = 0
    private var expressions = 0

    /// Reads a whole pattern; an empty one wants everything.
    static func parse(_ text: String) throws(LogsError) -> FilterPattern {
        var parser = FilterPatternParser(bytes: Array(text.utf8))
        parser.skipSpace()
        switch parser.peek {
        case nil: return .all
        case UInt8(ascii: "{"): return .json(try parser.object())
        case UInt8(ascii: "["): return .fields(try parser.fields())
        default: return try parser.terms()
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// A refusal that says at which character, counted from 1.
    func refusal(_ reason: String, at place: Int? = nil) -> LogsError {
        let before = bytes[..<(place ?? position)]
        return .badPattern(reason: reason, character: before.count { $0 & 0xC0 != 0x80 } + 1)
    }

    var unexpected: LogsError {
        let rest = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
        return refusal(rest.isEmpty ? "The pattern ends too early" : "Unexpected '\(rest)'")
    }

    // MARK: Terms

    private mutating func terms() throws(LogsError) -> FilterPattern {
        var required: [FilterTerm] = []
        var optional: [FilterTerm] = []
        var excluded: [FilterTerm] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "?"):
                position += 1
                optional.append(try term())
            case UInt8(ascii: "-"):
                position += 1
                excluded.append(try term())
            default: required.append(try term())
            }
            skipSpace()
        }
        return .terms(required: required, optional: optional, excluded: excluded)
    }

    private mutating func term() throws(LogsError) -> FilterTerm {
        if peek == UInt8(ascii: "\"") { return .text(try quoted()) }
        if peek == UInt8(ascii: "%") { return .expression(try expression()) }
        let start = position
        while let byte = peek, byte != 0x20, byte != 0x09 { position += 1 }
        let term = Array(bytes[start..<position])
        let text = String(decoding: term, as: UTF8.self)
        guard !term.isEmpty, text.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || $0.isDigit || $0 == "_" })
        else { throw refusal("Invalid character(s) in term '\(text)'", at: start) }
        return .text(term)
    }

    // MARK: Parts

    /// Reads text between quotation marks, of which a backslash makes one that is part of the text.
    mutating func quoted() throws(LogsError) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            if byte == UInt8(ascii: "\\"), let next = peek, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
                position += 1
                text.append(next)
            } else {
                text.append(byte)
            }
        }
        throw refusal("A quotation mark is missing", at: start)
    }

    /// Reads a regular expression between percent signs.
    mutating func expression() throws(LogsError) -> FilterExpression {
        let start = position
        expressions += 1
        guard expressions <= Self.expressionLimit else {
            throw refusal("A pattern has at most \(Self.expressionLimit) regular expressions")
        }
        position += 1
        while let byte = peek, byte != UInt8(ascii: "%") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard position < bytes.count else { throw refusal("A percent sign is missing", at: start) }
        position += 1
        do throws(FilterExpressionParser.Fault) {
            return try FilterExpressionParser.parse(bytes[(start + 1)..<(position - 1)])
        } catch {
            throw refusal(error.reason, at: error.place)
        }
    }

    /// Reads what a value is compared with, and how; `ends` are bytes that no word has.
    mutating func test(ends: String) throws(LogsError) -> FilterTest {
        let comparison = try comparison()
        skipSpace()
        let start = position
        switch peek {
        case UInt8(ascii: "%"):
            let expression = try expression()
            return .expression(isEqual: try isEqual(comparison, at: start), expression)
        case UInt8(ascii: "\""):
            let text = try quoted()
            return .text(isEqual: try isEqual(comparison, at: start), FilterWildcard(text))
        default:
            while let byte = peek, byte > 0x20, !ends.utf8.contains(byte) { position += 1 }
            let word = bytes[start..<position]
            guard !word.isEmpty else { throw unexpected }
            if let number = FilterTest.number(word) { return .number(comparison, number) }
            return .text(isEqual: try isEqual(comparison, at: start), FilterWildcard(Array(word)))
        }
    }

    private func isEqual(_ comparison: FilterTest.Comparison, at place: Int) throws(LogsError) -> Bool {
        switch comparison {
        case .equal: return true
        case .notEqual: return false
        default: throw refusal("Only numbers can be compared by size", at: place)
        }
    }

    private mutating func comparison() throws(LogsError) -> FilterTest.Comparison {
        if take("!=") { return .notEqual }
        if take("<=") { return .lessOrEqual }
        if take(">=") { return .greaterOrEqual }
        if take("<") { return .less }
        if take(">") { return .greater }
        if take("=") { return .equal }
        throw unexpected
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
