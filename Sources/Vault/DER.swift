/// Writes the few forms of DER that a certificate is made of.
///
/// Source: ITU-T X.690, sections 8 and 10; RFC 5280, section 4.1.
enum DER {
    /// A value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap { $0 }) }

    static func set(_ part: [UInt8]) -> [UInt8] { value(0x31, part) }

    /// A number that is not negative, from its bytes in big-endian order.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        let needsSign = digits.first.map { $0 >= 0x80 } ?? true
        return value(0x02, (needsSign ? [0] : []) + digits)
    }

    static func bits(_ bytes: [UInt8]) -> [UInt8] { value(0x03, [0] + bytes) }

    static func text(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

    /// A time as `YYYYMMDDHHMMSSZ`, which certificates use from 2050 on, and may be read before.
    static func time(_ text: String) -> [UInt8] {
        let year = Int(text.prefix(4)) ?? 0
        return year < 2050 ? value(0x17, Array(text.utf8.dropFirst(2))) : value(0x18, Array(text.utf8))
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(digits.count)] + digits
    }
}
