import Glibc
import Vault

/// The few byte-wise comparisons and encodings that signatures need, without making a `String`.
enum ASCII {
    /// Whether two byte strings are equal.
    static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count, left.count > 0 else { return left.count == right.count }
        // SAFETY: both have this many bytes.
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return false }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }

    /// Whether bytes are those of a constant.
    static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        // SAFETY: the buffer is used only inside the closure.
        text.withUTF8Buffer { text in unsafe equal(bytes, text.span) }
    }

    /// A to Z become a to z; everything else stays.
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

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
