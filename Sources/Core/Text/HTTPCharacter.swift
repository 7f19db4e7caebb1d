/// The classes of characters that HTTP heads are made of (RFC 9110 section 5.6).
@usableFromInline package enum HTTPCharacter {
    @inlinable package static var space: UInt8 { UInt8(ascii: " ") }
    @inlinable package static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    @inlinable package static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    @inlinable package static var colon: UInt8 { UInt8(ascii: ":") }
    @inlinable package static var delete: UInt8 { 0x7F }

    /// Whether a character below 128 is one of a token, a bit for each: letters, digits and fifteen marks.
    @inlinable package static var lowTokens: UInt64 { 0x03FF_6CFA_0000_0000 }
    @inlinable package static var highTokens: UInt64 { 0x57FF_FFFF_C7FF_FFFE }

    /// Whether a method or a header's name may hold it.
    @inlinable package static func isToken(_ character: UInt8) -> Bool {
        guard character < 128 else { return false }
        return (character < 64 ? lowTokens >> UInt64(character) : highTokens >> UInt64(character - 64)) & 1 == 1
    }

    /// Whether it is a space or a tab.
    @inlinable package static func isBlank(_ character: UInt8) -> Bool { character == space || character == 0x09 }

    /// Whether a header's value may hold it.
    @inlinable package static func isText(_ character: UInt8) -> Bool {
        character >= space ? character != delete : character == 0x09
    }

    /// Where the first byte lies that a header's value may not hold, from a place on; the end where all may.
    ///
    /// Looks at eight bytes at a time: most of what a request says of itself lies in values.
    package static func textEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        // SAFETY: bytes have no padding between them that nobody wrote.
        let raw = unsafe bytes.bytes
        var index = start
        while index + 8 <= bytes.count {
            // SAFETY: eight bytes lie there, and any eight bytes are a number.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if hasControl(word) {
                for place in index..<index + 8 where !isText(bytes[place]) { return place }
            }
            index += 8
        }
        while index < bytes.count, isText(bytes[index]) { index += 1 }
        return index
    }

    /// Whether one of eight bytes is a control character, a tab included.
    private static func hasControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let deletes = word ^ ones &* 0x7F
        let below = (word &- ones &* 0x20) & ~word
        return (below | (deletes &- ones) & ~deletes) & (ones &* 0x80) != 0
    }

    /// Whether a request target may hold it: visible ASCII.
    @inlinable package static func isVisible(_ character: UInt8) -> Bool { character > space && character < delete }

    /// Whether it is an ASCII letter or digit.
    @inlinable package static func isAlphanumeric(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The lower case of an ASCII capital; every other character as it is.
    @inlinable package static func lowercased(_ character: UInt8) -> UInt8 {
        character >= UInt8(ascii: "A") && character <= UInt8(ascii: "Z") ? character | 0x20 : character
    }
}
