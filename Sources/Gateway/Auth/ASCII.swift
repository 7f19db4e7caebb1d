import Vault

/// The few byte-wise comparisons and encodings that signatures need, without making a `String`.
enum ASCII {
    /// Whether two byte strings are equal once the letters A to Z of both are made small.
    static func equalIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where lowercased(left[index]) != lowercased(right[index]) { return false }
        return true
    }

    /// Whether two byte strings are equal.
    static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// Whether `text` begins with `prefix`, whatever the case of its letters; `prefix` is in lower case.
    static func hasPrefixIgnoringCase(_ text: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
        guard text.count >= prefix.count else { return false }
        for index in 0..<prefix.count where lowercased(text[index]) != prefix[index] { return false }
        return true
    }

    /// A to Z become a to z; everything else stays.
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    /// Whether `digits` are the lower-case hexadecimal digits of `bytes`; takes as long wherever they differ.
    static func isHex(_ digits: Span<UInt8>, of bytes: Span<UInt8>) -> Bool {
        guard digits.count == 2 * bytes.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<bytes.count {
            difference |= digits[2 * index] ^ hexDigit(bytes[index] >> 4)
            difference |= digits[2 * index + 1] ^ hexDigit(bytes[index] & 15)
        }
        return difference == 0
    }

    /// The lower-case digit of a value below 16, without a branch.
    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value &+ UInt8(ascii: "0") &+ ((9 &- value) >> 7) &* 39
    }

    /// Whether a byte stands for itself in a URI (RFC 3986, section 2.3): letters, digits and `-._~`.
    static func isUnreserved(_ byte: UInt8) -> Bool { unreserved[Int(byte)] }

    private static let unreserved: [Bool] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static let capitalDigits = Array("0123456789ABCDEF".utf8)

    /// Appends `%XX` for a byte.
    static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(capitalDigits[Int(byte >> 4)])
        bytes.append(capitalDigits[Int(byte & 15)])
    }

    /// Replaces each valid `%XX` by its byte; everything else stays.
    static func appendUnescaped(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = Hex.value(text[index + 1]),
                let low = Hex.value(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
    }
}

extension [UInt8] {
    /// Appends the bytes of a span.
    mutating func append(_ span: Span<UInt8>) {
        // SAFETY: the buffer is read only inside the closure, while the span is alive.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
