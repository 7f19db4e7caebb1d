import Core

extension EventReader {
    @inline(__always)
    mutating func skipSpace(_ source: Span<UInt8>) {
        while position < source.count {
            switch source[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    func peek(_ source: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard position < source.count else { throw error(.unexpectedEnd) }
        return source[position]
    }

    func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

    @inline(__always)
    mutating func ends(with end: UInt8, _ source: Span<UInt8>) throws(JSONError) -> Bool {
        skipSpace(source)
        guard try peek(source) == end else { return false }
        position += 1
        return true
    }

    @inline(__always)
    mutating func continues(until end: UInt8, _ source: Span<UInt8>) throws(JSONError) -> Bool {
        skipSpace(source)
        let byte = try peek(source)
        guard byte == end || byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
        position += 1
        return byte != end
    }

    mutating func literal(_ word: StaticString, _ source: Span<UInt8>) throws(JSONError) {
        for place in 0..<word.utf8CodeUnitCount {
            // SAFETY: the place is within the word, whose bytes live as long as the program.
            guard try peek(source) == (unsafe word.utf8Start[place]) else { throw error(.unexpectedByte) }
            position += 1
        }
    }

    mutating func number(_ source: Span<UInt8>) throws(JSONError) {
        take(UInt8(ascii: "-"), source)
        if !take(UInt8(ascii: "0"), source) { try digits(source) }
        if take(UInt8(ascii: "."), source) { try digits(source) }
        if take(UInt8(ascii: "e"), source) || take(UInt8(ascii: "E"), source) {
            if !take(UInt8(ascii: "+"), source) { take(UInt8(ascii: "-"), source) }
            try digits(source)
        }
    }

    private mutating func digits(_ source: Span<UInt8>) throws(JSONError) {
        let start = position
        while position < source.count, source[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw error(position == source.count ? .unexpectedEnd : .badNumber) }
    }

    @discardableResult
    @inline(__always)
    private mutating func take(_ byte: UInt8, _ source: Span<UInt8>) -> Bool {
        guard position < source.count, source[position] == byte else { return false }
        position += 1
        return true
    }
}
