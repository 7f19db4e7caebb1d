extension JSONParser {
    /// A string whose opening quote is next.
    ///
    /// Text without escapes, the common case, is taken in one piece.
    mutating func string() throws(JSONError) -> String {
        advance()
        let start = position
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") {
                let text = try text(bytes[start..<position])
                advance()
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error(.unexpectedByte) }
            advance()
        }
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var content = Array(bytes[start..<position])
        while true {
            let byte = try peek()
            advance()
            switch byte {
            case UInt8(ascii: "\""): return try text(content[...])
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw error(.unexpectedByte)
            default: content.append(byte)
            }
        }
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let byte = try peek()
        advance()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content += Array(String(try escapedScalar()).utf8)
        default: throw error(.badEscape)
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        var ahead = self
        ahead.advance()
        ahead.advance()
        let low = try ahead.codeUnit()
        guard 0xDC00..<0xE000 ~= low else { return "\u{FFFD}" }
        self = ahead
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek().hexDigitValue else { throw error(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            advance()
        }
        return unit
    }

    private func text(_ content: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw error(.badUTF8) }
        return text
    }
}
