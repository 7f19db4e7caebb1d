import Core
import Vault

/// The first bytes of a segment: which trail it continues and where, and the key that its groups are sealed with.
///
/// Fixed in size. The hash of these bytes is where the chain goes on, and they contain the hash of all that came before.
package struct AuditSegmentHeader: Hashable, Sendable {
    package static let size =
        magic.count + 1 + AuditTrailID.size + 8 + 8 + AuditHash.size + accountSize + WrappedKey.size
    private static let magic = Array("MRTLAUDT".utf8)
    private static let version: UInt8 = 1
    private static let accountSize = 12

    package let trail: AuditTrailID
    package let account: AccountID
    /// Where the segment before this one ended.
    package let start: AuditPlace
    package let begun: Instant
    /// The segment's key, wrapped under the root key.
    package let key: WrappedKey

    /// Puts a header together.
    package init(trail: AuditTrailID, account: AccountID, start: AuditPlace, begun: Instant, key: WrappedKey) {
        self.trail = trail
        self.account = account
        self.start = start
        self.begun = begun
        self.key = key
    }

    /// The stored form.
    package var bytes: [UInt8] {
        var output = Self.magic + [Self.version] + trail.bytes
        output.append(bigEndian: start.sequence, UInt64(bitPattern: begun.milliseconds))
        return output + start.hash.bytes + Array(account.text.utf8) + key.bytes
    }

    /// Where the chain stands behind the header.
    package var place: AuditPlace { AuditPlace(sequence: start.sequence, hash: .of(bytes)) }

    /// Reads the stored form from the beginning of some bytes.
    package init(_ bytes: [UInt8]) throws(AuditFlaw) {
        guard bytes.count >= Self.size else { throw .headerCut(bytes: bytes.count) }
        var reader = AuditBytes(bytes)
        do {
            guard try reader.raw(Self.magic.count) == Self.magic else { throw AuditFlaw.notASegment }
            let version = try reader.byte()
            guard version == Self.version else { throw AuditFlaw.unknownVersion(version) }
            let trail = AuditTrailID(try reader.raw(AuditTrailID.size))
            let sequence = try reader.word()
            let begun = Instant(milliseconds: Int64(bitPattern: try reader.word()))
            let hash = AuditHash(try reader.raw(AuditHash.size))
            let account = try AccountID(String(decoding: try reader.raw(Self.accountSize), as: UTF8.self))
            guard let trail, let hash else { throw AuditFlaw.notASegment }
            self.init(
                trail: trail, account: account, start: AuditPlace(sequence: sequence, hash: hash), begun: begun,
                key: WrappedKey(bytes: try reader.raw(WrappedKey.size)))
        } catch let flaw as AuditFlaw {
            throw flaw
        } catch {
            throw .notASegment
        }
    }

    /// The name of the segment's file: names in order are segments in order.
    package var fileName: String { Self.fileName(startingAt: start.sequence) }

    static let fileEnding = ".audit"

    /// The name of the file whose first record has this number.
    static func fileName(startingAt sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits + fileEnding
    }

    /// What the segment's key is the key of.
    var resource: String { "audit/\(trail)/\(start.sequence)" }
}
