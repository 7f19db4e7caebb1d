import Core
import EventPattern
import ScheduleExpression
import Storage
import Synchronization

extension EventBuses {
    /// Makes a rule, or says anew what it is; its targets stay, and tags count for a new one only.
    package func putRule(
        _ id: RuleID, _ settings: EventRuleSettings, tags: [String: String]
    ) async throws(EventBusError) {
        await enter()
        defer { leave() }
        try check(settings, of: id)
        try checkNotManaged(id)
        let live = try live(id.bus)
        let old = live.rules[id.name]
        var rule = old?.value ?? EventRule(settings: settings, tags: tags, at: now)
        if old == nil {
            try Self.check(tags)
            guard live.rules.count < limits.rules else { throw .tooMany(.rules, limit: limits.rules) }
        }
        if settings.schedule != rule.settings.schedule { rule.anchor = now }
        rule.settings = settings
        try await write(rule, id, live, over: old)
    }

    /// Deletes a rule that has no targets; deleting one that is not there is no error.
    package func deleteRule(_ id: RuleID) async throws(EventBusError) {
        await enter()
        defer { leave() }
        try checkNotManaged(id)
        guard let rule = try live(id.bus).rules[id.name] else { return }
        guard rule.value.targets.isEmpty else { throw .ruleHasTargets }
        _ = try await commit(
            [.delete(EventRecords.key(id), expect: .version(rule.version))] + timing(id, nil), of: id.bus)
        board.withLock { $0[id.bus]?.remove(id.name) }
        keep(id, nil, nil)
    }

    /// Changes a rule.
    @discardableResult
    package func changeRule<Result: Sendable>(
        _ id: RuleID, _ body: @Sendable (inout EventRule) throws(EventBusError) -> Result
    ) async throws(EventBusError) -> Result {
        await enter()
        defer { leave() }
        try checkNotManaged(id)
        let live = try live(id.bus)
        guard let old = live.rules[id.name] else { throw .ruleMissing(id.name, id.bus) }
        var rule = old.value
        let result = try body(&rule)
        if rule != old.value { try await write(rule, id, live, over: old) }
        return result
    }

    /// Adds targets, in the place of those with the same ids.
    package func putTargets(_ targets: [EventTarget], of id: RuleID) async throws(EventBusError) {
        for target in targets { try check(target) }
        try await changeRule(id) { (rule) throws(EventBusError) in try rule.put(targets) }
    }

    /// Removes targets; the ids that were not there.
    package func removeTargets(_ ids: [String], of id: RuleID) async throws(EventBusError) -> [String] {
        try await changeRule(id) { rule in rule.removeTargets(ids) }
    }

    /// Adds tags to a rule, in the place of those with the same keys.
    package func tag(_ id: RuleID, with tags: [String: String]) async throws(EventBusError) {
        try await changeRule(id) { (rule) throws(EventBusError) in
            rule.tags.merge(tags) { $1 }
            try Self.check(rule.tags)
        }
    }

    /// Removes tags of a rule; those that are not there are not missed.
    package func untag(_ id: RuleID, _ keys: [String]) async throws(EventBusError) {
        try await changeRule(id) { rule in for key in keys { rule.tags[key] = nil } }
    }

    private func write(
        _ rule: EventRule, _ id: RuleID, _ live: LiveBus, over old: LiveBus.Rule?
    ) async throws(EventBusError) {
        let put = try await records.put(
            rule, at: EventRecords.key(id), key: live.key, expect: old.map { .version($0.version) } ?? .absent)
        let isSame =
            rule.settings.schedule == old?.value.settings.schedule
            && rule.settings.isEnabled == old?.value.settings.isEnabled
        let next = isSame ? nil : try fireTime(of: rule, id)
        let results = try await commit([put] + (isSame ? [] : timing(id, next)), of: id.bus)
        let version = results[0].version
        let result = board.withLock { board in
            Result { () throws(PatternError) in try board[id.bus]?.set(id.name, rule, version: version) }
        }
        do { try result.get() } catch { throw .badPattern(error) }
        if !isSame { keep(id, next, results.last) }
    }

    private func check(_ settings: EventRuleSettings, of id: RuleID) throws(EventBusError) {
        guard settings.pattern != nil || settings.schedule != nil else { throw .neitherPatternNorSchedule }
        if settings.schedule != nil, id.bus != .standard { throw .scheduleElsewhere }
        if let schedule = settings.schedule {
            do { _ = try TimeExpression(parsing: schedule, for: .rule) } catch { throw .badSchedule(error) }
        }
        if let pattern = settings.pattern {
            do { _ = try EventPattern(parsing: pattern) } catch { throw .badPattern(error) }
        }
    }

    private func check(_ target: EventTarget) throws(EventBusError) {
        // What is no ARN is refused alike, whatever is wrong with it.
        guard let arn = try? ARN(target.arn) else {
            throw .badTarget(
                id: target.id, "Parameter \(target.arn) is not valid. Reason: Provided Arn is not in correct format.")
        }
        let isDestination = arn.service == "events" && arn.resource.hasPrefix("api-destination/")
        let isServed =
            switch arn.service {
            case "events": isDestination || arn.resource.hasPrefix("event-bus/")
            case "states": arn.resource.hasPrefix("stateMachine:")
            default: true
            }
        guard deliveries.serves(arn), isServed else {
            throw .badTarget(
                id: target.id, "The target \(target.arn.prefix(256)) is of a kind that nothing is delivered to here.")
        }
        if arn.service == "sqs", arn.resource.hasSuffix(".fifo") != (target.messageGroup != nil) {
            throw .badTarget(
                id: target.id,
                target.messageGroup == nil
                    ? "Parameter(s) SqsParameters must be specified for target: \(target.id)."
                    : "Parameter(s) SqsParameters belong to FIFO queues only; target: \(target.id).")
        }
        if isDestination || arn.service == "states", target.role == nil {
            throw .badTarget(id: target.id, "RoleArn is required for target \(target.arn.prefix(256)).")
        }
        if arn.service == "events", !isDestination, target.input != .event {
            throw .badTarget(
                id: target.id, "Input, InputPath and InputTransformer are not supported for target \(target.id): a bus."
            )
        }
        if let queue = target.deadLetter {
            guard let queue = QueueAddress(arn: queue, region: region), queue.account == account, !queue.name.isFIFO
            else {
                throw .badTarget(
                    id: target.id,
                    "DeadLetterConfig of target \(target.id) must name a standard queue of this account and region.")
            }
        }
    }
}
