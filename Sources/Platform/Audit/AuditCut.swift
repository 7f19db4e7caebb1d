import Core

/// The record that says that old segments were removed on purpose, and where the trail begins since.
struct AuditCut: Hashable, Sendable {
    static let action = "audit:RemoveOldSegments"

    let place: AuditPlace

    /// Names where the trail will begin.
    init(_ place: AuditPlace) { self.place = place }

    /// Reads it from a record; `nil` if the record says something else.
    init?(_ record: AuditRecord) {
        guard record.kind == .trail, record.action == Self.action,
            let sequence = record.facts.first(where: { $0.name == "first" }).flatMap({ UInt64($0.value) }),
            let hash = record.facts.first(where: { $0.name == "hash" }).flatMap({ AuditHash(hex: $0.value) })
        else { return nil }
        place = AuditPlace(sequence: sequence, hash: hash)
    }

    /// The record.
    func record(at time: Instant) -> AuditRecord {
        AuditRecord(
            time: time, kind: .trail, action: Self.action,
            facts: [.init("first", String(place.sequence)), .init("hash", place.hash.description)])
    }
}
