/// Reads filter patterns.
struct FilterPatternParser {
    private static let depthLimit = 20

    private let bytes: [UInt8]
    private var position = 0

    /// Reads a whole pattern; an empty one wants everything.
    static func parse(_ text: String) throws(LogsError) -> FilterPattern {
        var parser = FilterPatternParser(bytes: Array(text.utf8))
        parser.skipSpace()
        switch parser.peek {
        case nil: return .all
        case UInt8(ascii: "{"): return .json(try parser.object())
        case UInt8(ascii: "["): throw .badPattern(reason: "Space-delimited patterns are not supported.")
        default: return try parser.terms()
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    // MARK: Terms

    private mutating func terms() throws(LogsError) -> FilterPattern {
        var required: [[UInt8]] = []
        var optional: [[UInt8]] = []
        var excluded: [[UInt8]] = []
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

    private mutating func term() throws(LogsError) -> [UInt8] {
        if peek == UInt8(ascii: "\"") { return Array(try quoted().utf8) }
        if peek == UInt8(ascii: "%") { throw .badPattern(reason: "Regular expressions are not supported.") }
        let start = position
        while let byte = peek, byte != 0x20, byte != 0x09 { position += 1 }
        let term = Array(bytes[start..<position])
        let text = String(decoding: term, as: UTF8.self)
        guard !term.isEmpty, text.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || $0.isDigit || $0 == "_" })
        else { throw .badPattern(reason: "Invalid character(s) in term '\(text)'") }
        return term
    }

    private mutating func quoted() throws(LogsError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let next = peek, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
                position += 1
                text.append(next)
            } else {
                text.append(byte)
            }
        }
        throw .badPattern(reason: "A quotation mark is missing.")
    }

    // MARK: JSON

    private mutating func object() throws(LogsError) -> FilterCondition {
        position += 1
        let condition = try disjunction(depth: 0)
        guard peek == UInt8(ascii: "}") else { throw unexpected }
        position += 1
        skipSpace()
        guard peek == nil else { throw unexpected }
        return condition
    }

    private var unexpected: LogsError {
        let rest = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
        return .badPattern(reason: rest.isEmpty ? "The pattern ends too early." : "Unexpected '\(rest)'.")
    }

    private mutating func disjunction(depth: Int) throws(LogsError) -> FilterCondition {
        var condition = try conjunction(depth: depth)
        skipSpace()
        while take("||") {
            condition = .or(condition, try conjunction(depth: depth))
            skipSpace()
        }
        return condition
    }

    private mutating func conjunction(depth: Int) throws(LogsError) -> FilterCondition {
        var condition = try primary(depth: depth)
        skipSpace()
        while take("&&") {
            condition = .and(condition, try primary(depth: depth))
            skipSpace()
        }
        return condition
    }

    private mutating func primary(depth: Int) throws(LogsError) -> FilterCondition {
        guard depth < Self.depthLimit else { throw .badPattern(reason: "The pattern is nested too deeply.") }
        skipSpace()
        if take("(") {
            let condition = try disjunction(depth: depth + 1)
            skipSpace()
            guard take(")") else { throw unexpected }
            return condition
        }
        let selector = try selector()
        skipSpace()
        if take("NOT EXISTS") { return .notExists(selector) }
        if take("IS ") {
            skipSpace()
            if take("NULL") { return .isNull(selector) }
            if take("TRUE") { return .isBool(selector, true) }
            if take("FALSE") { return .isBool(selector, false) }
            throw unexpected
        }
        return try comparison(selector)
    }

    private mutating func comparison(_ selector: FilterSelector) throws(LogsError) -> FilterCondition {
        let comparison: FilterCondition.Comparison
        if take("!=") {
            comparison = .notEqual
        } else if take("<=") {
            comparison = .lessOrEqual
        } else if take(">=") {
            comparison = .greaterOrEqual
        } else if take("<") {
            comparison = .less
        } else if take(">") {
            comparison = .greater
        } else if take("=") {
            comparison = .equal
        } else {
            throw unexpected
        }
        skipSpace()
        let isQuoted = peek == UInt8(ascii: "\"")
        let value = isQuoted ? try quoted() : try bareValue()
        if !isQuoted, let number = Double(value) { return .number(selector, comparison, number) }
        switch comparison {
        case .equal: return .text(selector, isEqual: true, FilterWildcard(value))
        case .notEqual: return .text(selector, isEqual: false, FilterWildcard(value))
        default: throw .badPattern(reason: "Only numbers can be compared by size.")
        }
    }

    private mutating func bareValue() throws(LogsError) -> String {
        let start = position
        while let byte = peek, byte > 0x20, !")}&|\"".utf8.contains(byte) { position += 1 }
        guard position > start else { throw unexpected }
        if bytes[start] == UInt8(ascii: "%") { throw .badPattern(reason: "Regular expressions are not supported.") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func selector() throws(LogsError) -> FilterSelector {
        guard take("$") else { throw unexpected }
        var steps: [FilterSelector.Step] = []
        while let byte = peek {
            if byte == UInt8(ascii: ".") {
                position += 1
                steps.append(.member(try name()))
            } else if byte == UInt8(ascii: "[") {
                position += 1
                steps.append(try bracketed())
            } else {
                break
            }
        }
        return FilterSelector(steps: steps)
    }

    private mutating func name() throws(LogsError) -> String {
        let start = position
        while let byte = peek, byte > 0x20, !".[]=!<>(){}&|\"".utf8.contains(byte) { position += 1 }
        guard position > start else { throw unexpected }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func bracketed() throws(LogsError) -> FilterSelector.Step {
        let step: FilterSelector.Step
        if peek == UInt8(ascii: "\"") {
            step = .member(try quoted())
        } else {
            let text = try name()
            guard let index = Int(text), index >= 0 else { throw .badPattern(reason: "'\(text)' is not an index.") }
            step = .element(index)
        }
        guard take("]") else { throw unexpected }
        return step
    }
}

extension FilterPattern {
    /// Reads a pattern as clients write it.
    package init(_ text: String) throws(LogsError) { self = try FilterPatternParser.parse(text) }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
