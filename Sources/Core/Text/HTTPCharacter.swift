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
