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
    private static let lightRest: UInt64 = 60 * 1_000_000_000
    private static let heavyRest: UInt64 = 86_400 * 1_000_000_000
    private static let looks = 4
    private static let looksForRoom = 512

    let limit: Int
    private var shared = LineageUse.Shared(LineageBudget())
    private var entries: [FunctionKey: LineageUse.Shared] = [:]
    private var uses: [LineageID: LineageUse] = [:]
    private var round: [LineageID] = []
    private var hand = 0

    /// Keeps so many lineages apart.
    init(limit: Int) { self.limit = limit }

    var count: Int { uses.count }

    /// What a lineage has used, if it is known.
    func use(_ lineage: LineageID) -> LineageUse? { uses[lineage] }

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

    /// Every budget, the one for all entry points first.
    var budgets: [LineageBudget] {
        [shared.budget] + entries.values.map(\.budget).sorted { $0.entry < $1.entry }
    }

    /// Lets a call begin; true if it is the first that is known of its lineage.
    mutating func take(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) -> Bool {
        guard let use = uses[call.lineage] else { return try begin(call, at: now) }
        if let item = use.exhausted(depth: call.depth, at: now) {
            uses[call.lineage]?.refused(at: now)
            throw .overBudget(item, use.budget, call.lineage)
        }
        uses[call.lineage]?.took(depth: call.depth, at: now)
        return false
    }

    /// A call has ended.
    mutating func ended(_ ticket: CallTicket, _ end: CallEnd, at now: GovernorTime) {
        uses[ticket.call.lineage]?.ended(end, after: now.since(ticket.began), at: now)
    }

    /// Bytes have left the machine while a call goes on.
    mutating func charge(_ lineage: LineageID, egressBytes: Int, at now: GovernorTime) {
        uses[lineage]?.charged(egressBytes: egressBytes, at: now)
    }

    /// Looks at some lineages, and forgets those whose time is over.
    mutating func sweep(_ looks: Int, at now: GovernorTime) {
        for _ in 0..<min(looks, round.count) {
            guard let (lineage, use) = nextAtRest() else { continue }
            if now.since(use.active) >= (use.isHeavy ? Self.heavyRest : Self.lightRest) { forget(lineage, use) }
        }
    }

    /// Lets go the first light lineage at rest, or where there is none the heavy one that rests longest.
    private mutating func makeRoom() {
        var longest: (lineage: LineageID, use: LineageUse)?
        for _ in 0..<min(Self.looksForRoom, round.count) {
            guard let (lineage, use) = nextAtRest() else { continue }
            guard use.isHeavy else { return forget(lineage, use) }
            if longest.map({ use.active < $0.use.active }) ?? true { longest = (lineage, use) }
        }
        if let (lineage, use) = longest { forget(lineage, use) }
    }

    /// Goes one further round; gives who stands there if it has nothing in flight.
    private mutating func nextAtRest() -> (LineageID, LineageUse)? {
        guard !round.isEmpty else { return nil }
        hand = hand >= round.count - 1 ? 0 : hand + 1
        guard let use = uses[round[hand]], use.inFlight == 0 else { return nil }
        return (round[hand], use)
    }

    private mutating func begin(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) -> Bool {
        sweep(Self.looks, at: now)
        if uses.count >= limit { makeRoom() }
        guard uses.count < limit else { throw .tooManyLineages(limit: limit) }
        let budget = entries.isEmpty ? shared : call.function.flatMap { entries[$0] } ?? shared
        var use = LineageUse(budget, at: now, position: Int32(round.count))
        if let item = use.exhausted(depth: call.depth, at: now) {
            // Not kept: the depth comes with each call, so the next one is refused too.
            throw .overBudget(item, budget.budget, call.lineage)
        }
        use.took(depth: call.depth, at: now)
        uses[call.lineage] = use
        round.append(call.lineage)
        return true
    }

    private mutating func forget(_ lineage: LineageID, _ use: LineageUse) {
        uses[lineage] = nil
        let last = round.removeLast()
        guard Int(use.position) < round.count else { return }
        round[Int(use.position)] = last
        uses[last]?.position = use.position
    }
}
