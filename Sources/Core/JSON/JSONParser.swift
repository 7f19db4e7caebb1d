/// Why bytes are not JSON, and where.
package struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Reason: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case badEscape
        case badNumber
        case badUTF8
        case tooDeep
        case repeatedKey
    }

    package let reason: Reason
    package let offset: Int

    /// Says what is wrong at which byte.
    package init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSON {
    /// How deep arrays and objects may nest where nothing else is said.
    package static let standardDepth = 200

    /// Parses exactly one value, surrounded by nothing but white space.
    ///
    /// Of members with the same key the last wins, unless they must be unique, because another reader of the same
    /// text might take the first. An escaped surrogate without its partner becomes U+FFFD.
    package init(
        parsing bytes: [UInt8], maximumDepth: Int = JSON.standardDepth, uniqueKeys: Bool = false
    ) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth, uniqueKeys: uniqueKeys)
        self = try parser.document()
    }

    /// Parses exactly one value out of text.
    package init(parsing text: String, maximumDepth: Int = JSON.standardDepth) throws(JSONError) {
        try self.init(parsing: [UInt8](text.utf8), maximumDepth: maximumDepth)
    }
}

/// A strict RFC 8259 parser over bytes, by recursive descent with a bound.
struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    let uniqueKeys: Bool
    private(set) var position = 0

    init(bytes: [UInt8], maximumDepth: Int, uniqueKeys: Bool = false) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.uniqueKeys = uniqueKeys
    }

    /// One value and nothing after it.
    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        position += 1
        var members = JSONObject()
        if try endsEmpty(with: UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let start = position
            let key = try string()
            guard !uniqueKeys || members[key] == nil else { throw JSONError(reason: .repeatedKey, offset: start) }
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
            position += 1
            members[key] = try value(depth: depth)
        } while try continues(until: UInt8(ascii: "}"))
        return members
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        position += 1
        var elements: [JSON] = []
        if try endsEmpty(with: UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try value(depth: depth))
        } while try continues(until: UInt8(ascii: "]"))
        return elements
    }

    private mutating func endsEmpty(with end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard try peek() == end else { return false }
        position += 1
        return true
    }

    private mutating func continues(until end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == end || byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
        position += 1
        return byte != end
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for expected in "\(word)".utf8 {
            guard try peek() == expected else { throw error(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(verified: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else {
            throw error(position == bytes.count ? .unexpectedEnd : .badNumber)
        }
    }

    @discardableResult
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[position]
    }

    mutating func advance() { position += 1 }

    func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }
}
