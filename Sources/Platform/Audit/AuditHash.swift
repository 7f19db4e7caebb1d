import Vault

/// Where a chain stands: the SHA-256 over everything before.
package struct AuditHash: Hashable, Sendable, CustomStringConvertible {
    package static let size = 32
    /// What stands before the first segment of a trail.
    package static let none = AuditHash(verified: [UInt8](repeating: 0, count: size))

    package let bytes: [UInt8]

    private init(verified bytes: [UInt8]) { self.bytes = bytes }

    /// Takes the 32 bytes of a hash.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 lower-case hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard let bytes = Hex.bytes(of: hex.utf8), Hex.text(of: bytes) == hex else { return nil }
        self.init(bytes)
    }

    /// The hash of bytes that begin a chain anew; they contain the hash before them.
    static func of(_ bytes: [UInt8]) -> AuditHash { AuditHash(verified: SHA256Digest(of: bytes).bytes) }

    /// The next hash of the chain: over this one and a part of some bytes.
    func next(_ bytes: [UInt8], in range: Range<Int>) -> AuditHash {
        var builder = SHA256Digest.Builder()
        builder.update(self.bytes.span)
        builder.update(bytes.span.extracting(range))
        return AuditHash(verified: builder.finish().bytes)
    }

    package var description: String { Hex.text(of: bytes) }
}
