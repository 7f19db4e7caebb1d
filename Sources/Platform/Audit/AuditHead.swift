import Core
import Vault

/// How far a trail has come: what an operator keeps elsewhere to find out later whether anything was cut off.
package struct AuditHead: Hashable, Sendable {
    package let trail: AuditTrailID
    package let place: AuditPlace
    package let time: Instant

    /// Names a head.
    package init(trail: AuditTrailID, place: AuditPlace, time: Instant) {
        self.trail = trail
        self.place = place
        self.time = time
    }

    private static let beginning = "martlet-audit-head-1"

    private var claim: String {
        "\(Self.beginning) \(trail) \(place.sequence) \(place.hash) \(time.milliseconds)"
    }

    /// The line that is published: the head, and a code that only the holder of the root key can make.
    package func line(_ keys: AuditKeys) -> String { "\(claim) \(keys.authenticator.hex(for: claim))" }

    /// Reads a published line, without a look at its code.
    package init?(line: some StringProtocol) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == Self.beginning, parts[5].utf8.count == 2 * AuditHash.size,
            let id = Hex.bytes(of: parts[1].utf8), let trail = AuditTrailID(id), let sequence = UInt64(parts[2]),
            let hash = AuditHash(hex: parts[3]), let time = Int64(parts[4])
        else { return nil }
        self.init(
            trail: trail, place: AuditPlace(sequence: sequence, hash: hash), time: Instant(milliseconds: time))
        guard line.hasPrefix("\(claim) ") else { return nil }
    }

    /// Whether a line is this head's, written by the holder of the root key.
    package func isAuthentic(_ line: some StringProtocol, _ keys: AuditKeys) -> Bool {
        ConstantTime.equal(String(line), self.line(keys))
    }
}
