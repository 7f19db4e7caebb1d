import Core

/// What each lineage has used, and the budgets of entry points.
///
/// Pure and bounded. What has nothing in flight is forgotten after ten minutes, or after a day if it has used more than a
/// hundredth of its budget or has a budget of its own. A runaway recursion gains nothing by that: the depth is not kept here but carried by the calls
/// themselves, so it goes on growing, and ends the recursion, however often the rest is forgotten; between two times of
/// forgetting the number of calls is bounded as ever. What is in flight is never forgotten: if there is no room left, new
/// lineages are refused, not old ones let go.
struct LineageBudgets: Sendable {
    private static let lightRest: UInt64 = 600 * 1_000_000_000
    private static let heavyRest: UInt64 = 86_400 * 1_000_000_000
    private static let looks = 8

    let limit: Int
    var standard = LineageBudget()
    private(set) var entries: [FunctionKey: LineageBudget] = [:]
    private var uses: [LineageID: LineageUse] = [:]
    private var round: [LineageID] = []
    private var hand = 0

    /// Keeps so many lineages apart.
    init(limit: Int = 100_000) { self.limit = limit }

    var count: Int { uses.count }

    /// What a lineage has used, if it is known.
    func use(_ lineage: LineageID) -> LineageUse? { uses[lineage] }

    /// Sets the budget of lineages that begin with a function; `nil` takes it back. Those at work keep theirs.
    mutating func set(_ budget: LineageBudget?, for entry: FunctionKey) { entries[entry] = budget }

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
            guard !round.isEmpty else { return }
            hand = hand >= round.count - 1 ? 0 : hand + 1
            let lineage = round[hand]
            guard let use = uses[lineage], use.inFlight == 0 else { continue }
            if now.since(use.active) >= (use.isHeavy ? Self.heavyRest : Self.lightRest) { forget(lineage, use) }
        }
    }

    private mutating func begin(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) -> Bool {
        sweep(Self.looks, at: now)
        if uses.count >= limit { sweep(64 * Self.looks, at: now) }
        guard uses.count < limit else { throw .tooManyLineages(limit: limit) }
        let budget = call.function.flatMap { entries[$0] } ?? standard
        var use = LineageUse(budget: budget, at: now, position: round.count)
        if let item = use.exhausted(depth: call.depth, at: now) {
            // Not kept: the depth comes with each call, so the next one is refused too.
            throw .overBudget(item, budget, call.lineage)
        }
        use.took(depth: call.depth, at: now)
        uses[call.lineage] = use
        round.append(call.lineage)
        return true
    }

    private mutating func forget(_ lineage: LineageID, _ use: LineageUse) {
        uses[lineage] = nil
        let last = round.removeLast()
        guard use.position < round.count else { return }
        round[use.position] = last
        uses[last]?.position = use.position
    }
}
