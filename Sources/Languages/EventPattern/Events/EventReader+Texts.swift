import Core

extension EventReader {
    /// Where a string lies, without its quotation marks.
    struct Text {
        let range: Range<Int>
        /// Whether it had escapes, so that it lies among the decoded texts.
        let isDecoded: Bool
        let isASCII: Bool
    }

    /// A string whose opening quotation mark is next.
    mutating func string(_ source: Span<UInt8>) throws(JSONError) -> Text {
        let start = position + 1
        position = start
        var isASCII = true
        while true {
            skipPlain(source)
            switch try peek(source) {
            case UInt8(ascii: "\""):
                position += 1
                return Text(range: start..<(position - 1), isDecoded: false, isASCII: isASCII)
            case UInt8(ascii: "\\"): return try escapedString(source, from: start, isASCII: isASCII)
            case 0x80...:
                isASCII = false
                try skipCharacter(source)
            default: throw error(.unexpectedByte)
            }
        }
    }

    /// Passes what is neither the end of a string, an escape, a control character nor beyond ASCII.
    @inline(__always)
    private mutating func skipPlain(_ source: Span<UInt8>) {
        let every: UInt64 = 0x0101_0101_0101_0101
        let highs = every &* 0x80
        var place = position
        while place + 8 <= source.count {
            let word = source.word(at: place)
            let quotes = word ^ every &* UInt64(UInt8(ascii: "\""))
            let escapes = word ^ every &* UInt64(UInt8(ascii: "\\"))
            // The highest bit of a byte tells of it; what borrowing spoils lies behind a byte that is told of.
            let ends = (quotes &- every) & ~quotes | (escapes &- every) & ~escapes
            let special = (ends | (word &- every &* 0x20) & ~word | word) & highs
            if special != 0 {
                position = place + special.trailingZeroBitCount / 8
                return
            }
            place += 8
        }
        while place < source.count {
            let byte = source[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { break }
            place += 1
        }
        position = place
    }

    /// A character of two to four bytes, as the Unicode Standard's table 3-7 allows them.
    private mutating func skipCharacter(_ source: Span<UInt8>) throws(JSONError) {
        let lead = source[position]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw error(.badUTF8)
        }
        guard position + count <= source.count, second ~= source[position + 1] else { throw error(.badUTF8) }
        for place in (position + 2)..<(position + max(count, 2)) where source[place] & 0xC0 != 0x80 {
            throw error(.badUTF8)
        }
        position += count
    }

    /// The rest of a string from its first escape on; all of it is decoded.
    private mutating func escapedString(
        _ source: Span<UInt8>, from start: Int, isASCII wasASCII: Bool
    ) throws(JSONError) -> Text {
        var isASCII = wasASCII
        let decodedStart = values.decoded.count
        copy(source, from: start)
        while true {
            let from = position
            skipPlain(source)
            copy(source, from: from)
            switch try peek(source) {
            case UInt8(ascii: "\""):
                position += 1
                return Text(range: decodedStart..<values.decoded.count, isDecoded: true, isASCII: isASCII)
            case UInt8(ascii: "\\"):
                position += 1
                let scalar = try escape(source)
                if !scalar.isASCII { isASCII = false }
                values.decoded += UTF8.encode(scalar).map { Array($0) } ?? []
            case 0x80...:
                isASCII = false
                let from = position
                try skipCharacter(source)
                copy(source, from: from)
            default: throw error(.unexpectedByte)
            }
        }
    }

    private mutating func copy(_ source: Span<UInt8>, from start: Int) {
        for place in start..<position { values.decoded.append(source[place]) }
    }

    private mutating func escape(_ source: Span<UInt8>) throws(JSONError) -> Unicode.Scalar {
        let byte = try peek(source)
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar(source)
        default:
            position -= 1
            throw error(.badEscape)
        }
    }

    /// Surrogates pair up; one alone becomes the replacement character, as in Core.
    private mutating func escapedScalar(_ source: Span<UInt8>) throws(JSONError) -> Unicode.Scalar {
        let unit = try codeUnit(source)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let behind = position
        guard unit < 0xDC00, position + 1 < source.count, source[position] == UInt8(ascii: "\\"),
            source[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        position += 2
        let low = try codeUnit(source)
        guard 0xDC00..<0xE000 ~= low else {
            position = behind
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit(_ source: Span<UInt8>) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek(source).hexDigitValue else { throw error(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
