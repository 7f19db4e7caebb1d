import Vault

/// The random id of a trail: records of one trail fit into no other.
package struct AuditTrailID: Hashable, Sendable, CustomStringConvertible {
    package static let size = 16

    package let bytes: [UInt8]

    /// Names a new trail.
    package init() {
        var random = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.append(bigEndian: random.next(), random.next())
        self.bytes = bytes
    }

    /// Takes the 16 bytes of an id.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    package var description: String { Hex.text(of: bytes) }
}

/// A place between two records: how many records there are before it, and the hash over all of them.
package struct AuditPlace: Hashable, Sendable {
    /// The number of the next record; the first has 0.
    package let sequence: UInt64
    package let hash: AuditHash

    /// Names a place.
    package init(sequence: UInt64, hash: AuditHash) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first record of a trail.
    package static let start = AuditPlace(sequence: 0, hash: .none)
}
