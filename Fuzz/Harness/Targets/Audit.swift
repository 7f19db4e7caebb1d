import Core

@testable import Platform
@testable import Vault

extension FuzzTarget {
    /// The audit trail's files and published heads.
    static let audit = [auditRecords, auditSegments, auditHeads]

    private static let example = AuditRecord(
        time: Instant(milliseconds: 1_790_000_000_000), kind: .management, principal: "arn:aws:iam::000000000000:root",
        action: "lambda:CreateFunction", resource: "*", outcome: .denied("policy"), source: "127.0.0.1",
        requestID: RequestID(high: 1, low: 2), trace: TraceContext(high: 3, low: 4, span: 5, sampled: true),
        lineage: LineageID(high: 6, low: 7), facts: [.init("count", "3"), .init("from", "x")])

    private static let auditRecords = FuzzTarget("audit-records", seeds: [example.bytes, [1, 6, 0]]) { bytes in
        guard let record = accepted({ try AuditRecord(bytes) }) else { return }
        require(record.bytes == bytes, "a record has two forms")
    }

    /// A segment of two groups, and what opens it.
    private struct Made {
        let keys: AuditKeys
        let bytes: [UInt8]

        init() {
            keys = AuditKeys(RootKey())
            let time = Instant(milliseconds: 1_790_000_000_000)
            let (header, seal) = keys.begin(AuditTrailID(), of: .standard, at: .start, time: time)
            let first = AuditGroup.seal(FuzzTarget.example.bytes, count: 1, behind: header.place, at: time, with: seal)
            let second = AuditGroup.seal(
                FuzzTarget.example.bytes + FuzzTarget.example.bytes, count: 2, behind: first.end, at: time, with: seal)
            bytes = header.bytes + first.bytes + second.bytes
        }
    }

    private static let made = Made()

    /// The first bytes say what to change; the rest stands in the place of what was there.
    private static let auditSegments = FuzzTarget(
        "audit-segments", seeds: [[0, 0], [0, 200, 1], [1, 40, 7, 7], made.bytes]
    ) { bytes in
        var plain = AuditVerifier()
        plain.take(bytes)
        _ = plain.finish()
        guard bytes.count >= 2 else { return }
        var changed = made.bytes
        let place = (Int(bytes[0]) << 8 | Int(bytes[1])) % changed.count
        let patch = bytes.dropFirst(2)
        changed.replaceSubrange(place..<min(changed.count, place + patch.count), with: patch)
        var verifier = AuditVerifier(keys: made.keys)
        verifier.take(changed)
        require(verifier.finish().flaws.isEmpty == (changed == made.bytes), "a change was not found")
    }

    private static let auditHeads = FuzzTarget(
        "audit-heads",
        texts: [
            "martlet-audit-head-1 00112233445566778899aabbccddeeff 3 \(AuditHash.none) 1790000000000 \(AuditHash.none)"
        ]
    ) { bytes in
        guard let head = AuditHead(line: bytes.text) else { return }
        require(!head.isAuthentic(bytes.text, made.keys), "a head out of nowhere is believed")
        require(AuditHead(line: head.line(made.keys)) == head)
    }
}
