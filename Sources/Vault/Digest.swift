import Core
import Crypto
import FoundationEssentials

/// The SHA-256 of some bytes, in one go or piece by piece.
package struct SHA256Digest: Hashable, Sendable {
    private let octets: InlineArray<32, UInt8>

    init(_ digest: SHA256.Digest) {
        // SAFETY: the bytes are read only inside the closure.
        self = unsafe digest.withUnsafeBytes { unsafe SHA256Digest(bytes: $0) }
    }

    /// Takes a copy of the 32 bytes of a digest.
    init(bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 32, "a digest has 32 bytes")
        octets = InlineArray { unsafe bytes[$0] }
    }

    /// Hashes bytes.
    package init(of bytes: [UInt8]) { self.init(SHA256.hash(data: bytes)) }

    /// Hashes bytes that lie elsewhere, without a copy.
    package init(of bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        // SAFETY: the caller vouches for the buffer during this call; nothing keeps it.
        unsafe hasher.update(bufferPointer: bytes)
        self.init(hasher.finalize())
    }

    /// Hashes the UTF-8 form of a text.
    package init(of text: String) {
        var text = text
        // SAFETY: the buffer is used only inside the closure.
        self = text.withUTF8 { unsafe SHA256Digest(of: UnsafeRawBufferPointer($0)) }
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { withBytes { bytes in bytes.indices.map { bytes[$0] } } }

    /// Lends the 32 bytes without a copy.
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(octets.span) }

    /// The 64 lower-case hexadecimal digits.
    package var hex: String { Hex.text(of: bytes) }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.octets.indices.allSatisfy { left.octets[$0] == right.octets[$0] }
    }

    package func hash(into hasher: inout Hasher) { for index in octets.indices { hasher.combine(octets[index]) } }

    /// The lower-case hexadecimal digest of bytes.
    package static func hex(of bytes: [UInt8]) -> String { SHA256Digest(of: bytes).hex }

    /// The lower-case hexadecimal digest of bytes that lie elsewhere.
    package static func hex(of bytes: UnsafeRawBufferPointer) -> String {
        // SAFETY: passed on for the duration of the call only.
        unsafe SHA256Digest(of: bytes).hex
    }

    /// The lower-case hexadecimal digest of a text's UTF-8 form.
    package static func hex(of text: String) -> String { SHA256Digest(of: text).hex }

    /// A SHA-256 that is fed piece by piece.
    package struct Builder {
        private var hasher = SHA256()

        /// Starts with nothing fed.
        package init() {}

        /// Feeds bytes.
        package mutating func update(_ bytes: [UInt8]) { hasher.update(data: bytes) }

        /// Feeds bytes that lie elsewhere.
        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            // SAFETY: the caller vouches for the buffer during this call; nothing keeps it.
            unsafe hasher.update(bufferPointer: bytes)
        }

        /// Feeds the bytes of a span.
        package mutating func update(_ bytes: Span<UInt8>) {
            // SAFETY: the buffer is read only inside the closure, while the span is alive.
            unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        }

        /// The digest of everything fed so far.
        package func finish() -> SHA256Digest { SHA256Digest(hasher.finalize()) }
    }
}
