/// The classes of characters that HTTP heads are made of (RFC 9110 section 5.6).
enum CharacterClass {
    static let space = UInt8(ascii: " ")
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let colon = UInt8(ascii: ":")
    private static let delete: UInt8 = 0x7F

    /// Bits of the characters of a token: letters, digits and fifteen marks.
    private static let tokens: (UInt64, UInt64) = {
        var bits: (UInt64, UInt64) = (0, 0)
        for character in "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8 {
            if character < 64 { bits.0 |= 1 << UInt64(character) } else { bits.1 |= 1 << UInt64(character - 64) }
        }
        return bits
    }()

    /// Whether a method or a header's name may hold it.
    static func isToken(_ character: UInt8) -> Bool {
        guard character < 128 else { return false }
        return (character < 64 ? tokens.0 >> UInt64(character) : tokens.1 >> UInt64(character - 64)) & 1 == 1
    }

    /// Whether it is a space or a tab.
    static func isBlank(_ character: UInt8) -> Bool { character == space || character == 0x09 }

    /// Whether a header's value may hold it.
    static func isText(_ character: UInt8) -> Bool {
        character >= space ? character != delete : character == 0x09
    }

    /// Whether a request target may hold it: visible ASCII.
    static func isVisible(_ character: UInt8) -> Bool { character > space && character < delete }

    /// Whether it is an ASCII letter or digit.
    static func isAlphanumeric(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The lower case of an ASCII capital; every other character as it is.
    static func lowercased(_ character: UInt8) -> UInt8 {
        character >= UInt8(ascii: "A") && character <= UInt8(ascii: "Z") ? character | 0x20 : character
    }
}
