import Core
import Logging
import NIOCore
import Storage

/// The one control layer over all calls: sees each before it begins and when it ends, and lets go on what may.
///
/// Lives on the pool's event loop, so that a call asks without a hop between threads: `admit` and `ended` are plain calls
/// there (`assumeIsolated`). What operators tell it holds at once, is recorded in the audit trail, and outlives a restart.
package actor Governor {
    package nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the event loop outlives the actor, which holds it.
        unsafe eventLoop.executor.asUnownedSerialExecutor()
    }

    /// Is told of each rule that is given, and of `nil` when it is lifted; on the event loop, before it is written.
    ///
    /// What waits for a scope that is stopped must be refused; if `endingCalls`, what runs is ended too.
    package typealias Watcher =
        @Sendable (_ scope: GovernorScope, _ rule: GovernorRule?, _ endingCalls: Bool) -> Void

    private var state: GovernorState
    private var watchers: [Watcher] = []
    /// Who is told of rules and used-up budgets as events.
    private var happenings: PlatformEvents?
    private var backlog = StopBacklog()
    private let records: GovernorRecords
    let audit: AuditTrail
    let logger: Logger
    let wall: @Sendable () -> Instant
    private let clock: @Sendable () -> GovernorTime

    /// Makes a governor that knows no rules yet; `restore` reads them before the first call.
    package init(
        eventLoop: any EventLoop, account: AccountID, store: any Store, keys: Keys, audit: AuditTrail,
        logger: Logger = Logger(label: "martlet"), lineages limit: Int = GovernorState.lineageLimit,
        wall: @escaping @Sendable () -> Instant = { .now },
        clock: @escaping @Sendable () -> GovernorTime = {
            GovernorTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
        }
    ) {
        self.eventLoop = eventLoop
        self.audit = audit
        self.logger = logger
        self.wall = wall
        self.clock = clock
        records = GovernorRecords(account: account, store: store, keys: keys)
        state = GovernorState(lineages: limit)
    }

    /// Lets the rules and budgets hold that were set before a restart.
    package func restore() async throws(GovernorError) {
        let rules = try await records.rules()
        let budgets = try await records.budgets()
        for (scope, kept) in rules {
            let rule = kept.recorded(true)
            state.set(rule, for: scope, at: clock())
            if rule != kept { backlog.restore(rule, for: scope) }
        }
        for (entry, budget) in budgets { state.set(budget, for: entry) }
    }

    /// Tells somebody of every rule that is given or lifted from now on.
    package func watch(_ watcher: @escaping Watcher) { watchers.append(watcher) }

    /// Tells the default bus of every rule and every used-up budget from now on.
    package func report(to happenings: PlatformEvents) { self.happenings = happenings }

    /// Lets a call begin, or says which rule or budget stands in its way; `time` is when it began where it has already.
    package func admit(
        _ call: GovernedCall, at time: GovernorTime? = nil
    ) throws(GovernorRefusal) -> CallTicket {
        do throws(GovernorRefusal) { return try state.admit(call, at: time ?? clock()) } catch {
            tell(error, of: call)
            throw error
        }
    }

    /// Whether operators should hear of a loop's end.
    func isNews(_ loop: LoopEnd) -> Bool { state.isNews(loop) }

    /// The rule that would stand in the way of a call now; nothing is counted, and budgets are not looked at.
    package func obstacle(to call: GovernedCall) -> GovernorRefusal? { state.rules.refusal(call, at: clock()) }

    /// Lets a call in that is to be done later.
    package func accept(_ call: GovernedCall) throws(GovernorRefusal) {
        do throws(GovernorRefusal) { try state.accept(call, at: clock()) } catch {
            tell(error, of: call)
            throw error
        }
    }

    /// A call that was let through has ended; `time` is when, where that was before now.
    package func ended(_ ticket: CallTicket, _ end: CallEnd, at time: GovernorTime? = nil) {
        state.ended(ticket, end, at: time ?? clock())
    }

    /// A call was refused by who knew the rule that stands in its way.
    func refused(_ call: GovernedCall) { state.refused(call, at: clock()) }

    /// Bytes have left the machine while a call goes on; gives the refusal with which it should end if they were too many.
    @discardableResult
    package func charge(_ call: GovernedCall, egressBytes: Int) -> GovernorRefusal? {
        guard let refusal = state.charge(call.lineage, egressBytes: egressBytes, at: clock()) else { return nil }
        tell(refusal, of: call)
        return refusal
    }

    /// Forgets what is over, and records what could not be recorded, once a second, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            state.tick(at: clock())
            await settle()
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// The rules that hold, ordered by scope.
    package var rules: [GovernorRule] { state.rules.all }

    /// The budgets that hold, the one for all entry points first.
    package var budgets: [LineageBudget] { state.budgets }

    /// The budget of lineages that begin with a function, its own or the one for all.
    package func budget(for entry: FunctionKey?) -> LineageBudget { state.lineages.budget(for: entry) }

    /// What goes on now: the busiest of each dimension; they are sorted out beside the event loop.
    @concurrent
    package nonisolated func snapshot(top count: Int) async -> CallTable.Snapshot {
        await table.snapshot(top: count, at: clock())
    }

    private var table: CallTable { state.table }

    /// Lets no call of a scope begin; what runs goes on to its end, unless `endingCalls`.
    ///
    /// The one thing that is done while neither the audit trail nor the store can be written, because an emergency must not
    /// wait for a disk. Gives where it is kept; where it is not yet, it will be as soon as it can be: after a restart too,
    /// if it is in the store.
    @discardableResult
    package func stop(
        _ scope: GovernorScope, endingCalls: Bool = false, by principal: String, reason: String = ""
    ) async throws(GovernorError) -> StopKeeping {
        let rule = try hold(.stop, for: scope, endingCalls: endingCalls, by: principal, reason: reason)
        var facts = [AuditRecord.Fact("reason", reason)]
        if endingCalls { facts.append(.init("ending-calls", "true")) }
        let record = record("governor:Stop", rule.scope, principal, facts)
        // What waits is written first, so that records stand in the order of what they tell.
        let isRecorded = backlog.isEmpty ? await isWritten(record) : false
        // It is owed before it is stored: by then it might be lifted.
        let late = self.record("governor:Stop", rule.scope, principal, facts + [GovernorRule.late])
        if !isRecorded { backlog.add(StopBacklog.Owed(record: late, scope: scope, rule: rule)) }
        let isStored = await isStored(rule.recorded(isRecorded), for: scope)
        let keeping = StopKeeping(isRecorded: isRecorded, isStored: isStored)
        guard keeping != .whole else { return keeping }
        if isRecorded { backlog.add(StopBacklog.Owed(record: nil, scope: scope, rule: rule)) }
        logger.critical(
            "A stop holds that is not written everywhere yet: it will be as soon as it can be.",
            metadata: [
                "scope": "\(rule.scope)", "set.by": "\(principal)", "governor.reason": "\(reason)",
                "recorded": "\(isRecorded)", "stored": "\(isStored)",
            ])
        return keeping
    }

    /// Lets so many calls of a scope begin in a second, and so many be in flight.
    package func limit(
        _ scope: GovernorScope, rate: Double?, concurrency: Int?, by principal: String, reason: String = ""
    ) async throws(GovernorError) {
        let rule = try hold(
            .limit(rate: rate, concurrency: concurrency), for: scope, endingCalls: false, by: principal, reason: reason)
        var facts = [AuditRecord.Fact("reason", reason)]
        if let rate { facts.append(.init("rate", "\(rate)")) }
        if let concurrency { facts.append(.init("concurrency", "\(concurrency)")) }
        try await write(record("governor:Limit", rule.scope, principal, facts))
        try await records.put(rule, for: scope)
    }

    /// Ends the rule of a scope, once that is recorded and the rule is off the disk.
    package func lift(_ scope: GovernorScope, by principal: String) async throws(GovernorError) {
        guard state.rules[scope] != nil else { throw .noRule(scope: scope.description) }
        await settle()
        try await write(record("governor:Lift", scope.description, principal, []))
        try await records.removeRule(scope)
        _ = state.lift(scope)
        for watcher in watchers { watcher(scope, nil, false) }
        happenings?.tell(.ruled(scope, nil))
    }

    /// Sets what lineages that begin with a function may use, or with `nil` all that have no budget of their own;
    /// no budget takes it back.
    package func setBudget(
        _ budget: LineageBudget?, for entry: FunctionKey?, by principal: String
    ) async throws(GovernorError) {
        let name = entry.map { GovernorScope.function($0).description } ?? LineageBudget.anyEntry
        var budget = budget
        budget?.setBy = principal
        budget?.entry = name
        guard budget?.isValid ?? true else { throw .invalid }
        let facts = budget.map { budget in
            [
                AuditRecord.Fact("calls", "\(budget.calls)"), .init("depth", "\(budget.depth)"),
                .init("branches", "\(budget.branches)"), .init("gigabyte-seconds", "\(budget.gigabyteSeconds)"),
                .init("egress-bytes", "\(budget.egressBytes)"), .init("seconds", "\(budget.seconds)"),
            ]
        }
        try await write(record("governor:SetBudget", name, principal, facts ?? [.init("budget", "default")]))
        state.set(budget, for: entry)
        try await records.put(budget, for: entry)
    }

    /// A rule holds before it is written anywhere: to stop something must not wait for a disk.
    private func hold(
        _ action: GovernorRule.Action, for scope: GovernorScope, endingCalls: Bool, by principal: String, reason: String
    ) throws(GovernorError) -> GovernorRule {
        let rule = GovernorRule(scope, action, setBy: principal, at: wall(), reason: reason)
        guard rule.isValid, GovernorScope(rule.scope) == scope else { throw .invalid }
        guard state.rules[scope] != nil || state.rules.count < GovernorRules.limit else {
            throw .tooManyRules(limit: GovernorRules.limit)
        }
        state.set(rule, for: scope, at: clock())
        for watcher in watchers { watcher(scope, rule, endingCalls) }
        happenings?.tell(.ruled(scope, rule))
        return rule
    }

    /// Writes the stops that could not be written when they were given; the first that still cannot be ends it.
    private func settle() async {
        guard !backlog.isEmpty else { return }
        while let late = backlog.takeFirst() {
            if let record = late.record {
                guard await isWritten(record) else { return backlog.putBack(late) }
            }
            guard holds(late) else { continue }
            guard await isStored(late.rule, for: late.scope) else { return backlog.putBack(late.recorded) }
        }
        if let omitted = backlog.takeOmission(at: wall()) { audit.record(omitted) }
        logger.notice("The audit trail and the store have all stops that they could not take before.")
    }

    /// Whether what is owed was neither lifted nor replaced since.
    private func holds(_ late: StopBacklog.Owed) -> Bool { state.rules[late.scope] == late.rule }

    /// Alerts operators the first time that a lineage is refused for a budget; what caused it goes on record.
    private func tell(_ refusal: GovernorRefusal, of call: GovernedCall) {
        guard case .overBudget(let item, let budget, let lineage) = refusal, state.isNews(refusal) else { return }
        happenings?.tell(.usedUp(item, budget, by: call))
        logger.warning(
            "A lineage has used up a budget: its calls are refused.",
            metadata: [
                "lineage": "\(lineage)", "budget": "\(item.rawValue)", "limit": "\(budget.limit(of: item))",
                "set.by": "\(budget.setBy)", "entry": "\(call.entry?.name.text ?? "-")",
                "function": "\(call.function?.name.text ?? "-")", "depth": "\(call.depth)",
            ])
        audit.record(
            AuditRecord(
                time: wall(), kind: .governor, principal: "governor", action: "governor:BudgetExhausted",
                resource: GovernorScope.lineage(lineage).description, outcome: .denied(item.rawValue), lineage: lineage,
                facts: [
                    .init("budget", item.rawValue), .init("limit", budget.limit(of: item)),
                    .init("set-by", budget.setBy), .init("entry", call.entry?.name.text ?? "-"),
                    .init("function", call.function?.name.text ?? "-"), .init("depth", "\(call.depth)"),
                ]))
    }

    private func record(
        _ action: String, _ resource: String, _ principal: String, _ facts: [AuditRecord.Fact]
    ) -> AuditRecord {
        AuditRecord(
            time: wall(), kind: .governor, principal: principal, action: action, resource: resource, facts: facts)
    }

    private func write(_ record: AuditRecord) async throws(GovernorError) {
        do { try await audit.append(record) } catch { throw .notAudited(error) }
    }

    private func isStored(_ rule: GovernorRule, for scope: GovernorScope) async -> Bool {
        do throws(GovernorError) { try await records.put(rule, for: scope) } catch { return false }
        return true
    }

    private func isWritten(_ record: AuditRecord) async -> Bool {
        do throws(GovernorError) { try await write(record) } catch { return false }
        return true
    }
}
