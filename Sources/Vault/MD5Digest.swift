import Crypto

/// The MD5 of some bytes, where a protocol asks for it: it finds transmission errors, and vouches for nothing.
package enum MD5Digest {
    /// The 32 lower-case hexadecimal digits.
    package static func hex(of bytes: [UInt8]) -> String { Hex.text(of: Insecure.MD5.hash(data: bytes)) }
}
