import Core

/// Records that were not kept one by one: the trail itself says how many, from when to when.
struct AuditOmission: Hashable, Sendable {
    private(set) var count = 0
    private var first = Instant(milliseconds: 0)
    private var last = Instant(milliseconds: 0)

    /// Counts records in.
    mutating func add(_ more: Int = 1, at time: Instant) {
        guard more > 0 else { return }
        if count == 0 { first = time }
        last = time
        count += more
    }

    /// The record that stands for them, after which counting starts over; `nil` if there were none.
    mutating func take(_ action: String, at time: Instant) -> AuditRecord? {
        guard count > 0 else { return nil }
        defer { self = AuditOmission() }
        return AuditRecord(
            time: time, kind: .trail, action: action,
            facts: [.init("count", String(count)), .init("from", first.iso8601), .init("to", last.iso8601)])
    }
}
