import Core

/// What the governor knows and decides: one look at every call before it begins, and one when it has ended.
///
/// Pure: it is told the time. The owner keeps what is to outlive it.
package struct GovernorState: Sendable {
    private(set) var table = CallTable()
    private(set) var rules = GovernorRules()
    private(set) var lineages: LineageBudgets
    private var alerts = LineageAlerts()

    /// How many lineages are kept apart unless somebody says otherwise.
    package static let lineageLimit = 16_384

    /// Keeps so many lineages apart.
    package init(lineages limit: Int = GovernorState.lineageLimit) { lineages = LineageBudgets(limit: limit) }

    /// Lets a call begin, or says which rule or budget stands in its way.
    package mutating func admit(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) -> CallTicket {
        do throws(GovernorRefusal) {
            if let refusal = rules.refusal(call, at: now) { throw refusal }
            let (use, isFirst) = call.isBudgeted ? try lineages.take(call, at: now) : (0, true)
            rules.take(call, at: now)
            return table.began(call, isFirstOfLineage: isFirst, use: use, at: now)
        } catch {
            table.refused(call, at: now)
            throw error
        }
    }

    /// Lets a call in that is to be done later; it is counted now, and asks once more before it begins.
    package mutating func accept(_ call: GovernedCall, at now: GovernorTime) throws(GovernorRefusal) {
        do throws(GovernorRefusal) {
            if let rule = rules.stop(call) { throw .stopped(rule) }
            try lineages.accept(call, at: now)
        } catch {
            table.refused(call, at: now)
            throw error
        }
    }

    /// Whether operators should hear of a refusal: a budget was used up, and that was not told of this lineage yet.
    mutating func isNews(_ refusal: GovernorRefusal) -> Bool {
        guard case .overBudget(let item, _, let lineage) = refusal else { return false }
        return alerts.isNews(item, lineage)
    }

    /// Whether operators should hear that a loop of a function was ended: it was not told of this lineage yet.
    mutating func isNews(_ loop: LoopEnd) -> Bool {
        alerts.isNews("loop of \(loop.function.name)", loop.descent.lineage)
    }

    /// A call that was let through has ended.
    package mutating func ended(_ ticket: CallTicket, _ end: CallEnd, at now: GovernorTime) {
        table.ended(ticket, end, at: now)
        if ticket.call.isBudgeted { lineages.ended(ticket, end, at: now) }
        rules.ended(ticket.call)
    }

    /// A call was not let through by somebody who knew the rule.
    mutating func refused(_ call: GovernedCall, at now: GovernorTime) { table.refused(call, at: now) }

    /// Bytes have left the machine while a call goes on; gives the refusal with which it should end if they were too many.
    @discardableResult
    package mutating func charge(_ lineage: LineageID, egressBytes: Int, at now: GovernorTime) -> GovernorRefusal? {
        lineages.charge(lineage, egressBytes: egressBytes, at: now)
    }

    /// Forgets what is over; due about once a second.
    package mutating func tick(at now: GovernorTime) { lineages.sweep(2000, at: now) }

    mutating func set(_ rule: GovernorRule, for scope: GovernorScope, at now: GovernorTime) {
        rules.set(rule, for: scope, inFlight: table.inFlight(scope), at: now)
    }

    mutating func lift(_ scope: GovernorScope) -> GovernorRule? { rules.lift(scope) }

    mutating func set(_ budget: LineageBudget?, for entry: FunctionKey?) {
        lineages.set(budget, for: entry)
    }

    /// Every budget that was set, the one for all entry points first.
    var budgets: [LineageBudget] { lineages.budgets }
}
