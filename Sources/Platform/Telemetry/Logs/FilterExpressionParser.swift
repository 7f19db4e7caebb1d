import Core

/// Reads the regular expressions of filter patterns.
///
/// Source: Amazon CloudWatch Logs user guide, "Supported regular expressions (regex) syntax". There are no groups, and
/// no characters but letters, digits, some symbols and the operators.
struct FilterExpressionParser {
    /// What is wrong, and at which byte.
    struct Fault: Error, Equatable {
        let reason: String
        let place: Int
    }

    private static let symbols = Set("_#=@/;,-:".utf8)
    private static let operators = Set("^$?[]{}|\\*+.".utf8)

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var places = 0

    /// Reads a whole expression; faults have their place in the array that it is a part of.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(Fault) -> FilterExpression {
        var parser = FilterExpressionParser(bytes: bytes, position: bytes.startIndex)
        var chains = [try parser.chain()]
        while parser.take("|") { chains.append(try parser.chain()) }
        return FilterExpression(chains)
    }

    private init(bytes: ArraySlice<UInt8>, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private func fault(_ reason: String, at place: Int? = nil) -> Fault {
        Fault(reason: reason, place: place ?? position)
    }

    private mutating func chain() throws(Fault) -> FilterExpression.Chain {
        let start = position
        var chain = FilterExpression.Chain()
        chain.isAtStart = take("^")
        while let next = peek, next != UInt8(ascii: "|"), !chain.isAtEnd {
            if take("$") {
                chain.isAtEnd = true
            } else {
                let item = FilterExpression.Item(characters: try characters())
                chain.items += try repeated(item)
            }
            guard places + chain.items.count < FilterExpression.placeLimit else {
                throw fault("The regular expression is too large once its repetitions are written out", at: start)
            }
        }
        guard position > start else { throw fault("A regular expression or an alternative of it is empty") }
        if let next = peek, next != UInt8(ascii: "|") { throw fault("Nothing may follow '$'") }
        places += chain.items.count + 1
        return chain
    }

    // MARK: Repetition

    private mutating func repeated(_ item: FilterExpression.Item) throws(Fault) -> [FilterExpression.Item] {
        var (item, place) = (item, position)
        switch peek {
        case UInt8(ascii: "?"): item.isOptional = true
        case UInt8(ascii: "*"): (item.isOptional, item.repeats) = (true, true)
        case UInt8(ascii: "+"): item.repeats = true
        case UInt8(ascii: "{"): return try counted(item)
        default: return [item]
        }
        position += 1
        place = position
        if let next = peek, "?*+{".utf8.contains(next) { throw fault("There is nothing to repeat", at: place) }
        return [item]
    }

    private mutating func counted(_ item: FilterExpression.Item) throws(Fault) -> [FilterExpression.Item] {
        let start = position
        position += 1
        let least = number()
        let most = take(",") ? (peek == UInt8(ascii: "}") ? nil : number()) : least
        guard let least, take("}"), least <= most ?? least, most ?? 1 > 0 else {
            throw fault("'{' is followed by no counts, such as {2,3}", at: start)
        }
        guard max(least, most ?? 0) < FilterExpression.placeLimit else {
            throw fault("The regular expression is too large once its repetitions are written out", at: start)
        }
        if let next = peek, "?*+{".utf8.contains(next) { throw fault("There is nothing to repeat") }
        var optional = item
        optional.isOptional = true
        optional.repeats = most == nil
        let more = most.map { $0 - least } ?? 1
        return [FilterExpression.Item](repeating: item, count: least)
            + [FilterExpression.Item](repeating: optional, count: more)
    }

    private mutating func number() -> Int? {
        let start = position
        while let next = peek, (0x30...0x39).contains(next), position - start < 4 { position += 1 }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    // MARK: Characters

    private mutating func characters() throws(Fault) -> FilterCharacters {
        let start = position
        guard let next = peek else { throw fault("The regular expression ends too early") }
        position += 1
        switch next {
        case UInt8(ascii: "."): return .any
        case UInt8(ascii: "["): return try bracketed()
        case UInt8(ascii: "\\"): return try escaped()
        case _ where Self.operators.contains(next): throw fault(Self.misplaced(next), at: start)
        default: return FilterCharacters(try plain(next, at: start))
        }
    }

    private static func misplaced(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "^"): "'^' stands at the beginning of an expression or of an alternative"
        case UInt8(ascii: "]"), UInt8(ascii: "}"): "A bracket is closed that was not opened"
        default: "There is nothing to repeat"
        }
    }

    private func plain(_ byte: UInt8, at place: Int) throws(Fault) -> ClosedRange<UInt8> {
        guard FilterCharacters.word.contains(Int(byte)) || Self.symbols.contains(byte) else {
            let text = byte < 0x80 ? "'\(Character(Unicode.Scalar(byte)))'" : "A character beyond ASCII"
            throw fault("\(text) may not stand in a regular expression", at: place)
        }
        return byte...byte
    }

    private mutating func bracketed() throws(Fault) -> FilterCharacters {
        let start = position - 1
        var set = FilterCharacters()
        let isNegated = take("^")
        let first = position
        while let next = peek, next != UInt8(ascii: "]") {
            let place = position
            guard let low = try member(into: &set) else { continue }
            // A dash between two characters makes a range; anywhere else it is itself.
            guard peek == UInt8(ascii: "-"), position + 1 < bytes.endIndex, bytes[position + 1] != UInt8(ascii: "]")
            else {
                set.insert(low...low)
                continue
            }
            position += 1
            guard let high = try member(into: &set), low <= high else {
                throw fault("A range ends before it begins", at: place)
            }
            set.insert(low...high)
        }
        guard position > first, take("]") else { throw fault("A bracket is empty or not closed", at: start) }
        return isNegated ? set.inverted : set
    }

    /// Reads one character, or adds a class such as `\w` to the set and gives nothing.
    private mutating func member(into set: inout FilterCharacters) throws(Fault) -> UInt8? {
        let start = position
        guard let next = peek else { throw fault("A bracket is not closed") }
        position += 1
        if next == UInt8(ascii: "\\") {
            let escaped = try escaped()
            if let only = (0..<UInt8(128)).first(where: { escaped == FilterCharacters($0...$0) }) { return only }
            set.formUnion(escaped)
            return nil
        }
        // Operators are themselves between brackets, except those that have a meaning there.
        if next == UInt8(ascii: "[") { throw fault("'[' stands between brackets", at: start) }
        return Self.operators.contains(next) ? next : try plain(next, at: start).lowerBound
    }

    /// Reads what follows a backslash.
    private mutating func escaped() throws(Fault) -> FilterCharacters {
        let start = position - 1
        guard let next = peek else { throw fault("Nothing follows a backslash", at: start) }
        position += 1
        switch next {
        case UInt8(ascii: "d"): return .digit
        case UInt8(ascii: "D"): return .digit.inverted
        case UInt8(ascii: "w"): return .word
        case UInt8(ascii: "W"): return .word.inverted
        case UInt8(ascii: "s"): return .space
        case UInt8(ascii: "S"): return .space.inverted
        case UInt8(ascii: "x"):
            guard position + 1 < bytes.endIndex, let high = bytes[position].hexDigitValue, high < 8,
                let low = bytes[position + 1].hexDigitValue
            else { throw fault("'\\x' is not followed by two hexadecimal digits of ASCII", at: start) }
            position += 2
            return FilterCharacters((high << 4 | low)...(high << 4 | low))
        case 0x21..<0x7F where !FilterCharacters.word.contains(Int(next)) || next == UInt8(ascii: "_"):
            return FilterCharacters(next...next)
        default: throw fault("A backslash stands before what needs none", at: start)
        }
    }
}
