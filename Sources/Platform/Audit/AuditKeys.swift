import Core
import Vault

/// What the trail needs of the root key: keys for segments, and the right to vouch for heads.
package struct AuditKeys: Sendable, CustomReflectable {
    private let root: RootKey
    let authenticator: HMACSHA256

    /// Takes the root key of a server, or of an operator who reads its files.
    package init(_ root: RootKey) {
        self.root = root
        authenticator = root.authenticator(for: "audit-head")
    }

    /// Begins a segment with a key of its own.
    func begin(
        _ trail: AuditTrailID, of account: AccountID, at start: AuditPlace, time: Instant
    ) -> (header: AuditSegmentHeader, seal: AuditSeal) {
        let place = AuditSegmentHeader(
            trail: trail, account: account, start: start, begun: time, key: WrappedKey(bytes: []))
        let (key, wrapped) = root.makeCarriedKey(for: place.resource, in: account)
        let header = AuditSegmentHeader(trail: trail, account: account, start: start, begun: time, key: wrapped)
        return (header, AuditSeal(key, of: header))
    }

    /// Opens the key that a segment carries.
    package func open(_ header: AuditSegmentHeader) throws(AuditFlaw) -> AuditSeal {
        do {
            return AuditSeal(
                try root.openCarriedKey(header.key, for: header.resource, in: header.account), of: header)
        } catch { throw .forged(at: header.start.sequence, .key) }
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Keys {
    /// What the audit trail needs of the root key.
    nonisolated package var audit: AuditKeys { AuditKeys(root) }
}
