import Core
import Vault

/// The unit that is sealed, chained and written at once: the records of all callers who came in the meantime.
///
/// Stored: length of the envelope (4 bytes), number of records (4), number of the first (8), time (8), envelope, hash
/// (32). The hash is SHA-256 over the hash before it and everything up to it, so the chain needs no key.
package struct AuditGroup: Hashable, Sendable {
    static let headSize = 24
    /// The most that one group holds.
    package static let recordLimit = 1024
    package static let plaintextLimit = 1 << 20
    static let envelopeLimit = plaintextLimit + 16_384

    package let first: UInt64
    package let count: Int
    package let time: Instant
    /// Where in the segment's file the group begins.
    let offset: Int
    let envelope: Range<Int>
    /// Where the chain stands behind the group.
    package let end: AuditPlace

    /// How long the group is in the file.
    var size: Int { Self.headSize + envelope.count + AuditHash.size }

    /// Reads and checks the group that begins at an offset of a segment's file.
    ///
    /// What looks as if it had been cut short is told apart from what is wrong.
    package init(_ bytes: [UInt8], at offset: Int, behind place: AuditPlace) throws(AuditFlaw) {
        let flaw = AuditFlaw.broken(at: place.sequence, offset: offset)
        let unfinished = AuditFlaw.unfinished(at: place.sequence, bytes: bytes.count - offset)
        guard bytes.count - offset >= Self.headSize else { throw unfinished }
        var reader = AuditBytes(bytes, in: offset..<bytes.count)
        do {
            let length = Int(try reader.half())
            count = Int(try reader.half())
            first = try reader.word()
            time = Instant(milliseconds: Int64(bitPattern: try reader.word()))
            let start = offset + Self.headSize
            envelope = start..<(start + length)
        } catch { throw flaw }
        guard envelope.count <= Self.envelopeLimit, (1...Self.recordLimit).contains(count),
            first == place.sequence
        else { throw flaw }
        guard envelope.upperBound + AuditHash.size <= bytes.count else { throw unfinished }
        let hash = place.hash.next(bytes, in: offset..<envelope.upperBound)
        guard bytes[envelope.upperBound..<envelope.upperBound + AuditHash.size].elementsEqual(hash.bytes) else {
            throw flaw
        }
        self.offset = offset
        let (sequence, overflow) = first.addingReportingOverflow(UInt64(count))
        guard !overflow else { throw flaw }
        end = AuditPlace(sequence: sequence, hash: hash)
    }

    /// The stored form of a group, and where the chain stands behind it.
    static func seal(
        _ plaintext: [UInt8], count: Int, behind place: AuditPlace, at time: Instant, with seal: AuditSeal
    ) -> (bytes: [UInt8], end: AuditPlace) {
        let envelope = seal.key.seal(
            plaintext, binding: seal.binding(first: place.sequence, count: count, time: time))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headSize + envelope.count + AuditHash.size)
        bytes.append(bigEndian: UInt32(envelope.count))
        bytes.append(bigEndian: UInt32(count))
        bytes.append(bigEndian: place.sequence, UInt64(bitPattern: time.milliseconds))
        bytes += envelope
        let hash = place.hash.next(bytes, in: 0..<bytes.count)
        bytes += hash.bytes
        return (bytes, AuditPlace(sequence: place.sequence + UInt64(count), hash: hash))
    }

    /// The records of the group, with their numbers.
    package func records(of bytes: [UInt8], with seal: AuditSeal) throws(AuditFlaw) -> [AuditEntry] {
        let plaintext: [UInt8]
        do {
            plaintext = try seal.key.open(
                Array(bytes[envelope]), binding: seal.binding(first: first, count: count, time: time))
        } catch { throw .forged(at: first, .group) }
        var reader = AuditBytes(plaintext)
        var entries: [AuditEntry] = []
        entries.reserveCapacity(count)
        do {
            while reader.left > 0 {
                let record = try AuditRecord.read(&reader)
                entries.append(AuditEntry(sequence: first + UInt64(entries.count), record: record))
            }
        } catch { throw .malformed(at: first) }
        guard entries.count == count else { throw .malformed(at: first) }
        return entries
    }
}

/// A record and its number in the trail.
package struct AuditEntry: Hashable, Sendable {
    package let sequence: UInt64
    package let record: AuditRecord
}

/// The key of a segment, and what its groups are bound to.
package struct AuditSeal: Sendable {
    let key: SealingKey
    private let account: AccountID
    private let resource: String

    init(_ key: SealingKey, of header: AuditSegmentHeader) {
        self.key = key
        account = header.account
        resource = header.resource
    }

    /// The account, the trail, the segment, and the position of the group: it opens nowhere else.
    func binding(first: UInt64, count: Int, time: Instant) -> Binding {
        Binding(account: account, resource: resource, use: "group/\(first)/\(count)/\(time.milliseconds)")
    }
}
