import Crypto

/// A key for HMAC-SHA256 whose own share of the work is done: each code costs only what its message needs.
///
/// RFC 2104: the hashes of the key's two paddings are computed once, and copied for each message.
package struct PreparedHMAC: Sendable, CustomReflectable {
    private static let blockSize = 64

    private let inner: SHA256
    private let outer: SHA256

    /// Takes the key's bytes, of any length.
    package init(key: [UInt8]) {
        var block = key.count > Self.blockSize ? SHA256Digest(of: key).bytes : key
        block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
        var (inner, outer) = (SHA256(), SHA256())
        inner.update(data: block.map { $0 ^ 0x36 })
        outer.update(data: block.map { $0 ^ 0x5c })
        self.inner = inner
        self.outer = outer
    }

    /// The code of a message.
    package func code(for message: Span<UInt8>) -> SHA256Digest {
        var (inner, outer) = (inner, outer)
        // SAFETY: each buffer is read only inside its closure, while what it belongs to is alive.
        unsafe message.withUnsafeBytes { unsafe inner.update(bufferPointer: $0) }
        unsafe inner.finalize().withUnsafeBytes { unsafe outer.update(bufferPointer: $0) }
        return SHA256Digest(outer.finalize())
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
