import Core

/// Records that were not kept one by one: the trail itself says how many, from when to when.
struct AuditOmission: Hashable, Sendable {
    private(set) var count = 0
    private var first = Instant(milliseconds: 0)
    private var last = Instant(milliseconds: 0)

    /// Counts a record in.
    mutating func add(at time: Instant) {
        if count == 0 { first = time }
        last = time
        count += 1
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

/// Lets so many through in each second: who proves nothing must not fill the disk.
struct AuditFlood: Hashable, Sendable {
    private let limit: Int
    private var second: Int64 = .min
    private var count = 0

    init(perSecond limit: Int) { self.limit = limit }

    /// Whether one more may pass at this time.
    mutating func admits(at time: Instant) -> Bool {
        let now = time.milliseconds / 1000
        if now != second {
            second = now
            count = 0
        }
        count += 1
        return count <= limit
    }
}
