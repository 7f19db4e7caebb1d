import Core
import Crypto
import FoundationEssentials

/// The SHA-256 of some bytes, in one go or piece by piece.
package struct SHA256Digest: Hashable, Sendable {
    private let digest: SHA256.Digest

    init(_ digest: SHA256.Digest) { self.digest = digest }

    /// Hashes bytes.
    package init(of bytes: [UInt8]) { digest = SHA256.hash(data: bytes) }

    /// Hashes bytes that lie elsewhere, without a copy.
    package init(of bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        // SAFETY: the caller vouches for the buffer during this call; nothing keeps it.
        unsafe hasher.update(bufferPointer: bytes)
        digest = hasher.finalize()
    }

    /// Hashes the UTF-8 form of a text.
    package init(of text: String) {
        var text = text
        // SAFETY: the buffer is used only inside the closure.
        self = text.withUTF8 { unsafe SHA256Digest(of: UnsafeRawBufferPointer($0)) }
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { Array(digest) }

    /// Lends the 32 bytes without a copy.
    func withBytes(_ body: (Span<UInt8>) -> Void) {
        // SAFETY: the span is used only inside the closure, while the digest is alive.
        unsafe digest.withUnsafeBytes { unsafe body(Span(_unsafeElements: $0.assumingMemoryBound(to: UInt8.self))) }
    }

    /// The 64 lower-case hexadecimal digits.
    package var hex: String { Hex.text(of: digest) }

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
