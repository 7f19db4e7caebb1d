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
        withBytes { bytes in
            for index in 0..<bytes.count {
                text.append(Self.digit(bytes[index] >> 4))
                text.append(Self.digit(bytes[index] & 15))
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
