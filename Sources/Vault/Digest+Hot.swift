import CCryptoBoringSSL
import Core

/// What the verification of signatures needs of SHA-256: no arrays and no text in between.
extension SHA256Digest {
    /// Hashes the bytes of a span.
    package init(of bytes: Span<UInt8>) {
        // SAFETY: the pointer goes with its count, and 32 bytes of room are written whole.
        self = unsafe bytes.withUnsafeBytes { bytes in
            unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { room in
                unsafe CCryptoBoringSSL_SHA256(bytes.baseAddress, bytes.count, room.baseAddress)
                return unsafe SHA256Digest(bytes: UnsafeRawBufferPointer(room))
            }
        }
    }

    /// Appends the 64 lower-case hexadecimal digits.
    package func appendHex(to text: inout [UInt8]) {
        withBytes { bytes in
            // SAFETY: a digest is eight numbers of four bytes, and each has eight digits.
            let words = unsafe bytes.bytes
            let digits = InlineArray<8, UInt64> { index in
                let word = unsafe words.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                return HexDigits.ascii(UInt32(bigEndian: word)).littleEndian
            }
            // SAFETY: the bytes are read only inside the closure.
            unsafe withUnsafeBytes(of: digits) { unsafe text.append(contentsOf: $0) }
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
