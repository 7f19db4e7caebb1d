import Crypto

/// What the verification of signatures needs of SHA-256: no arrays and no text in between.
extension SHA256Digest {
    /// Hashes the bytes of a span.
    package init(of bytes: Span<UInt8>) {
        var builder = Builder()
        // SAFETY: the buffer is read only inside the closure, while the span is alive.
        unsafe bytes.withUnsafeBytes { unsafe builder.update($0) }
        self = builder.finish()
    }

    /// Appends the 64 lower-case hexadecimal digits.
    package func appendHex(to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(0, count: 64))
        withBytes { bytes in
            var digits = text.mutableSpan
            for index in 0..<bytes.count {
                digits[start + 2 * index] = Self.digit(bytes[index] >> 4)
                digits[start + 2 * index + 1] = Self.digit(bytes[index] & 15)
            }
        }
    }

    /// Whether `digits` are the digest's lower-case hexadecimal digits; takes as long wherever they differ.
    package func isHex(_ digits: Span<UInt8>) -> Bool {
        guard digits.count == 64 else { return false }
        var difference: UInt8 = 0
        withBytes { bytes in
            for index in 0..<bytes.count {
                difference |= digits[2 * index] ^ Self.digit(bytes[index] >> 4)
                difference |= digits[2 * index + 1] ^ Self.digit(bytes[index] & 15)
            }
        }
        return difference == 0
    }

    /// The lower-case digit of a value below 16, without a branch.
    private static func digit(_ value: UInt8) -> UInt8 {
        value &+ UInt8(ascii: "0") &+ ((9 &- value) >> 7) &* 39
    }
}
