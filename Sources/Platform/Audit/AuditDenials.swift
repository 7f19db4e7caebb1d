import Core

/// Which denied calls get a record of their own, and which are counted: who is denied must neither fill the disk nor hide.
///
/// The first denial of its kind (the same caller, action, resource and reason) is kept at once. Those that follow within
/// a window are counted, and then one record says how many. How many kinds are told apart is bounded by a rate; what is
/// beyond that is counted by caller alone, and beyond a number of callers altogether, the first kept at once each time.
/// Every denial is in exactly one record. Requests that prove nothing have bounds of their own, so that nobody from
/// outside can make the denials of proven callers less clear.
///
/// Pure: it is told the time.
struct AuditDenials: Sendable {
    /// What is to happen to a denial's record.
    enum Verdict: Hashable, Sendable {
        case keep
        case counted
    }

    private let limits: AuditDenialLimits
    private var counts: [Denial: Count] = [:]
    private static let endedLimit = 1024
    /// What waits to be written.
    private var ended: [(Denial, Count)] = []
    private var proven: Room
    private var unproven: Room
    /// When the next count is to be written.
    private(set) var due: Instant?

    init(_ limits: AuditDenialLimits) {
        self.limits = limits
        proven = Room(limits)
        unproven = Room(limits)
    }

    /// Takes a record: `keep` says that it is to be written as it is, and nothing else that it is counted.
    mutating func take(_ record: AuditRecord, at now: Instant) -> Verdict {
        guard case .denied(let reason) = record.outcome, record.kind.isCall else { return .keep }
        for scope in Denial.Scope.allCases {
            let denial = Denial(record, reason, scope)
            // While nobody takes what has ended, windows last longer.
            if ended.count < Self.endedLimit, counts[denial]?.isOver(at: now) == true { end(denial) }
            if counts[denial]?.add(at: now) != nil { return .counted }
            let isThere =
                record.kind == .authentication
                ? unproven.take(scope, limits, at: now) : proven.take(scope, limits, at: now)
            guard isThere else { continue }
            let until = now.advanced(milliseconds: scope == .same ? limits.window : limits.longWindow)
            counts[denial] = Count(from: now, until: until)
            due = min(due ?? until, until)
            return .keep
        }
        return .keep
    }

    /// The records of what was counted in windows that are over, or in all; at most so many, the rest the next time.
    mutating func takeRecords(at now: Instant, all: Bool, limit: Int) -> [(record: AuditRecord, calls: Int)] {
        // A clock that was set back must not put off for long what is due.
        if let due, all || due <= now || now.advanced(milliseconds: limits.longWindow) < due {
            for (denial, count) in counts where all || count.isOver(at: now) { end(denial) }
            self.due = counts.values.lazy.map(\.until).min()
        }
        defer { ended.removeFirst(min(limit, ended.count)) }
        return ended.prefix(limit).map { ($0.record($1), $1.repeated) }
    }

    /// A window is over: what was counted in it waits to be written.
    private mutating func end(_ denial: Denial) {
        guard let count = counts.removeValue(forKey: denial) else { return }
        if denial.scope == .caller {
            if denial.kind == .authentication { unproven.callers -= 1 } else { proven.callers -= 1 }
        }
        if count.repeated > 0 { ended.append((denial, count)) }
    }
}

extension AuditRecord.Kind {
    /// Whether somebody's call is recorded, so that somebody decides how many there are.
    fileprivate var isCall: Bool {
        switch self {
        case .management, .invocation, .authentication: true
        case .secret, .governor, .trail: false
        }
    }
}

/// How many denials are told apart, for proven callers and once more for requests that prove nothing.
package struct AuditDenialLimits: Hashable, Sendable {
    /// For how long denials of one kind are counted, in milliseconds.
    package var window: Int64 = 10_000
    /// The same for those that are told apart by caller, or not at all.
    package var longWindow: Int64 = 60_000
    /// New kinds a second, and at once after a quiet time.
    package var kindsPerSecond: Int64 = 1
    package var kindsAtOnce: Int64 = 512
    /// Callers that are told apart beyond that.
    package var callers = 128
}

/// What makes two denials the same.
private struct Denial: Hashable, Sendable {
    enum Scope: Hashable, Sendable, CaseIterable {
        /// The same caller, action, resource and reason.
        case same
        /// The same caller.
        case caller
        case others
    }

    let scope: Scope
    let kind: AuditRecord.Kind
    let principal: String
    /// Of requests that prove nothing: their sender is known by an address alone.
    let source: String?
    let action: String
    let resource: String
    let reason: String

    init(_ record: AuditRecord, _ reason: String, _ scope: Scope) {
        self.scope = scope
        kind = record.kind
        principal = scope == .others ? "-" : record.principal
        source = scope != .others && kind == .authentication ? record.source : nil
        action = scope == .same ? record.action : "*"
        resource = scope == .same ? record.resource : "*"
        self.reason = scope == .same ? reason : "several reasons"
    }

    func record(_ count: Count) -> AuditRecord {
        AuditRecord(
            time: count.last, kind: kind, principal: principal, action: action, resource: resource,
            outcome: .denied(reason), source: source,
            facts: [
                .init("repeated", String(count.repeated)), .init("from", count.from.iso8601),
                .init("to", count.last.iso8601),
            ])
    }
}

/// Denials that were not kept one by one.
private struct Count: Sendable {
    let from: Instant
    let until: Instant
    var repeated = 0
    var last: Instant

    init(from: Instant, until: Instant) {
        self.from = from
        self.until = until
        last = from
    }

    mutating func add(at now: Instant) {
        repeated += 1
        last = now
    }

    func isOver(at now: Instant) -> Bool { until <= now || now < from }
}

/// How many more kinds and callers can be told apart.
private struct Room: Sendable {
    /// In thousandths, so that whole milliseconds refill it.
    private var kinds: Int64
    private var refilled: Instant?
    var callers = 0

    init(_ limits: AuditDenialLimits) { kinds = limits.kindsAtOnce * 1000 }

    mutating func take(_ scope: Denial.Scope, _ limits: AuditDenialLimits, at now: Instant) -> Bool {
        switch scope {
        case .same:
            let passed = min(max(0, now.milliseconds - (refilled ?? now).milliseconds), 86_400_000)
            refilled = now
            kinds = min(limits.kindsAtOnce * 1000, kinds + passed * limits.kindsPerSecond)
            guard kinds >= 1000 else { return false }
            kinds -= 1000
        case .caller:
            guard callers < limits.callers else { return false }
            callers += 1
        case .others: break
        }
        return true
    }
}
