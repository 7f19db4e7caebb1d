import Core

/// Stops that took effect while the audit trail or the store could not be written, and are written as soon as they can be.
///
/// Pure and bounded: of those that find no room their number is kept, and goes on record too.
struct StopBacklog: Sendable {
    /// How many records may wait; those of stops that an earlier start left come on top, one for each rule at most.
    static let limit = 1024

    /// What is owed of one stop.
    struct Owed: Hashable, Sendable {
        /// What the trail does not have; `nil` where only the store lacks the rule.
        let record: AuditRecord?
        let scope: GovernorScope
        /// What the store says is not recorded until the record is written, if it says anything of it yet.
        let rule: GovernorRule

        /// The same once the trail has its record.
        var recorded: Owed { Owed(record: nil, scope: scope, rule: rule) }
    }

    private var owed: [Owed] = []
    private var omission = AuditOmission()

    /// Whether nothing is owed.
    var isEmpty: Bool { owed.isEmpty && omission.count == 0 }

    /// Keeps what is owed for later; a record that finds no room is counted.
    mutating func add(_ late: Owed) {
        guard owed.count >= Self.limit else { return owed.append(late) }
        if let record = late.record { omission.add(at: record.time) }
    }

    /// Keeps the record of a rule that a server before this one could not write.
    mutating func restore(_ rule: GovernorRule, for scope: GovernorScope) {
        owed.append(Owed(record: rule.lateRecord, scope: scope, rule: rule))
    }

    /// Takes the oldest record, to write it.
    mutating func takeFirst() -> Owed? { owed.isEmpty ? nil : owed.removeFirst() }

    /// The oldest record could not be written after all.
    mutating func putBack(_ late: Owed) { owed.insert(late, at: 0) }

    /// The record of those that found no room, which are forgotten with it.
    mutating func takeOmission(at time: Instant) -> AuditRecord? {
        omission.take("governor:StopsNotRecorded", at: time)
    }
}

extension GovernorRule {
    /// What goes on record of a stop that was set before this server started: what its caller was is not known any more.
    fileprivate var lateRecord: AuditRecord {
        AuditRecord(
            time: Instant(milliseconds: setAt), kind: .governor, principal: setBy, action: "governor:Stop",
            resource: scope, facts: [.init("reason", reason), Self.late])
    }

    /// The fact that says why a record stands behind later ones.
    static let late = AuditRecord.Fact("recorded", "late")
}
