import Core

/// What each lineage has used, and the budgets of entry points.
///
/// Pure and bounded. What has nothing in flight is forgotten after a minute, or after a day if it has used more than a
/// hundredth of its budget or has a budget of its own; earlier where there is no room, the light ones first. What is in
/// flight is never forgotten: rather are new lineages refused.
///
/// A runaway recursion gains nothing by being forgotten. Its depth is not kept here but carried by the calls themselves,
/// so it grows until it ends the recursion, and between two times of forgetting the calls are bounded as ever.
struct LineageBudgets: Sendable {
    private struct Row: Sendable {
        let lineage: LineageID
        var use: LineageUse
    }

    private static let lightRest: UInt64 = 60 * 1_000_000_000
    private static let heavyRest: UInt64 = 86_400 * 1_000_000_000
    private static let looks = 2
    private static let looksForRoom = 512

    private let limit: Int
    private var shared = LineageUse.Shared(LineageBudget())
    private var entries: [FunctionKey: LineageUse.Shared] = [:]
    private var slots: [LineageID: Int] = [:]
    /// A row keeps its place until it is forgotten; then the place is free.
    private var rows: [Row?] = []
    private var free: [Int] = []
    private var hand = 0

    /// Keeps so many lineages apart.
    init(limit: Int) { self.limit = limit }

    var count: Int { slots.count }

    /// What a lineage has used, if it is known.
    func use(_ lineage: LineageID) -> LineageUse? { slots[lineage].flatMap { rows[$0]?.use } }

    /// Sets the budget of lineages that begin with a function, or of all that have none of their own.
    ///
    /// `nil` takes it back. Lineages at work keep the one they began with.
    mutating func set(_ budget: LineageBudget?, for entry: FunctionKey?) {
        if let entry {
            entries[entry] = budget.map { LineageUse.Shared($0) }
        } else {
            shared = LineageUse.Shared(budget ?? LineageBudget())
        }
    }

    /// The budget of lineages that begin with a function, its own or the one for all.
    func budget(for entry: FunctionKey?) -> LineageBudget { (entry.flatMap { entries[$0] } ?? shared).budget }

    /// Every budget, the one for all entry points first.
    var budgets: [LineageBudget] {
        [shared.budget] + entries.values.map(\.budget).sorted { $0.entry < $1.entry }
    }

    /// Lets a call begin; gives the place of its lineage, and whether it is the first that is known of it.
    mutating func take(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) -> (slot: Int, isFirst: Bool)
    {
        try count(call, begins: true, at: now)
    }

    /// Counts a call that is accepted to be done later.
    mutating func accept(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) {
        _ = try count(call, begins: false, at: now)
    }

    private mutating func count(
        _ call: GovernedCall, begins: Bool, at now: GovernorTime
    ) throws(GovernorRefusal) -> (slot: Int, isFirst: Bool) {
        guard let slot = slots[call.lineage] else { return (try begin(call, begins: begins, at: now), true) }
        if let item = rows[slot]?.use.exhausted(call, toBegin: begins, at: now) {
            rows[slot]?.use.refused(at: now)
            throw .overBudget(item, rows[slot]?.use.budget ?? shared.budget, call.lineage)
        }
        rows[slot]?.use.took(call, begins: begins, at: now)
        return (slot, false)
    }

    /// A call has ended.
    ///
    /// Most calls from outside cause nothing; their lineages are forgotten at once, so that the few that are kept are near.
    mutating func ended(_ ticket: CallTicket, _ end: CallEnd, at now: GovernorTime) {
        rows[ticket.use]?.use.ended(ticket.call, end, after: now.since(ticket.began), at: now)
        if end.outcome == .success, ticket.call.depth == 0, rows[ticket.use]?.use.hasCausedNothing == true {
            forget(ticket.use)
        }
    }

    /// Bytes have left the machine while a call goes on; gives the refusal if they were too many.
    mutating func charge(_ lineage: LineageID, egressBytes: Int, at now: GovernorTime) -> GovernorRefusal? {
        guard let slot = slots[lineage] else { return nil }
        rows[slot]?.use.charged(egressBytes: egressBytes, at: now)
        guard let use = rows[slot]?.use, use.egressBytes > use.budget.egressBytes else { return nil }
        return .overBudget(.egressBytes, use.budget, lineage)
    }

    /// Looks at some lineages, and forgets those whose time is over.
    mutating func sweep(_ looks: Int, at now: GovernorTime) {
        for _ in 0..<min(looks, rows.count) {
            guard let use = nextAtRest() else { continue }
            let rest = now.since(use.active)
            if rest >= Self.heavyRest || rest >= Self.lightRest && !use.isHeavy { forget(hand) }
        }
    }

    /// Lets go the first light lineage at rest, or where there is none the heavy one that rests longest.
    private mutating func makeRoom() {
        var longest: (slot: Int, active: GovernorTime)?
        for _ in 0..<min(Self.looksForRoom, rows.count) {
            guard let use = nextAtRest() else { continue }
            guard use.isHeavy else { return forget(hand) }
            if longest.map({ use.active < $0.active }) ?? true { longest = (hand, use.active) }
        }
        if let longest { forget(longest.slot) }
    }

    /// Moves the hand one further; gives what it points at if that has nothing in flight.
    private mutating func nextAtRest() -> LineageUse? {
        hand = hand + 1 >= rows.count ? 0 : hand + 1
        guard let use = rows[hand]?.use, use.inFlight == 0 else { return nil }
        return use
    }

    private mutating func begin(
        _ call: GovernedCall, begins: Bool, at now: GovernorTime
    ) throws(GovernorRefusal) -> Int {
        let budget = entries.isEmpty ? shared : call.entry.flatMap { entries[$0] } ?? shared
        var use = LineageUse(budget, at: now)
        // Not kept if it is refused: the depth comes with each call, so the next one is refused too.
        if let item = use.exhausted(call, toBegin: begins, at: now) {
            throw .overBudget(item, budget.budget, call.lineage)
        }
        if slots.count > limit / 2 { sweep(Self.looks, at: now) }
        if slots.count >= limit { makeRoom() }
        guard slots.count < limit else { throw .tooManyLineages(limit: limit) }
        use.took(call, begins: begins, at: now)
        let slot = free.popLast() ?? rows.count
        let row = Row(lineage: call.lineage, use: use)
        if slot == rows.count { rows.append(row) } else { rows[slot] = row }
        slots[call.lineage] = slot
        return slot
    }

    private mutating func forget(_ slot: Int) {
        guard let lineage = rows[slot]?.lineage else { return }
        slots[lineage] = nil
        rows[slot] = nil
        free.append(slot)
    }
}
