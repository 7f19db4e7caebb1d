import Core
import NIOCore
import ScheduleExpression
import Storage
import Synchronization

extension EventBuses {
    /// How late, in seconds, a time that fell into a stop is still fired: as long as EventBridge tries a target.
    private static let patience = DeliveryRetry.standard.age

    /// Fires rules that are due, with the timers of an event loop, until the task is cancelled.
    package nonisolated func run(on eventLoop: any EventLoop) async {
        await FiringRunner(self, eventLoop: eventLoop).run()
    }

    /// When a rule fires, always in UTC; a rate counts from when the rule was made.
    private nonisolated func timetable(_ rule: EventRule) throws(EventBusError) -> Timetable? {
        guard rule.settings.isEnabled, let text = rule.settings.schedule else { return nil }
        do throws(ExpressionFlaw) {
            let expression = try TimeExpression(parsing: text, for: .rule)
            return Timetable(expression, zone: .utc, start: rule.anchor, end: nil)
        } catch { throw .badSchedule(error) }
    }

    /// When a rule fires next; the first time of a rate is one interval after the rule was made.
    nonisolated func fireTime(of rule: EventRule, _ id: RuleID) throws(EventBusError) -> FireTime? {
        try timetable(rule).flatMap { FiringPlan.fireTime(behind: now, $0, nil, Self.scheduleID(id)) }
    }

    /// What says when a rule fires next, or that it does not; rules of other buses than the default one never do.
    func timing(_ id: RuleID, _ next: FireTime?) -> [WriteOperation] {
        guard id.bus == .standard else { return [] }
        let place = Self.scheduleID(id)
        return [next?.put(for: place, kind: Self.timeKind) ?? .delete(FireTime.key(place, kind: Self.timeKind))]
    }

    /// After a commit: waits for the time that it wrote.
    func keep(_ id: RuleID, _ next: FireTime?, _ result: OperationResult?) {
        guard id.bus == .standard else { return }
        let place = Self.scheduleID(id)
        if let next, case .version(let version) = result {
            due.set(DueTimes.Entry(id: place, time: next, version: version))
        } else {
            due.remove(place)
        }
        signal.yield()
    }

    /// Rules with schedules are on the default bus, and their names are names of schedules too.
    private static func scheduleID(_ id: RuleID) -> ScheduleID {
        ScheduleID(group: .defaultGroup, name: ScheduleName(id.name))
    }
}

extension EventBuses: FiringSource {
    static var timeKind: String { "event-rule-time" }

    nonisolated var store: any Store { records.store }
    nonisolated var partition: Partition { records.partition }

    nonisolated func prepare(_ batch: [DueTimes.Entry]) async throws -> [Result<PreparedFiring, any Error>] {
        // Not as they are known here: another server may have made or changed them, and their times with them.
        let rules = try await records.read(
            batch.map { EventRecords.key(RuleID(bus: .standard, name: RuleName($0.id.name))) }, as: EventRule.self)
        var prepared: [Result<PreparedFiring, any Error>] = []
        for (entry, rule) in zip(batch, rules) {
            do { prepared.append(.success(try await prepare(entry, rule?.value))) } catch {
                prepared.append(.failure(error))
            }
        }
        return prepared
    }

    /// A rule that does not exist any more leaves nothing behind.
    func completed(_ id: ScheduleID) { due.remove(id) }

    /// Plans the firing, and makes the event, which goes to the targets of this rule and to nobody else.
    private nonisolated func prepare(_ entry: DueTimes.Entry, _ rule: EventRule?) async throws -> PreparedFiring {
        let id = RuleID(bus: .standard, name: RuleName(entry.id.name))
        guard let rule, let timetable = try timetable(rule) else {
            return PreparedFiring(leftover: entry, kind: Self.timeKind)
        }
        let plan = FiringPlan(
            timetable, age: Self.patience, window: nil, entry.id, due: entry.time, now: now)
        var prepared = PreparedFiring(entry, plan, kind: Self.timeKind)
        if plan.missed > 0, let happenings { prepared.add(await happenings.prepared(.missed(arn(id), plan))) }
        guard let scheduled = plan.fires else { return prepared }
        var new = NewEvent(
            bus: .standard, source: "aws.events", type: "Scheduled Event", detail: [:], descent: Descent(),
            trace: TraceContext())
        new.resources = [arn(id).description]
        new.time = scheduled
        let event = BusEvent(new, region: region, account: account, at: now)
        let deliveries = rule.targets.map { FanOut.Delivery.target(id.name, $0.id) }
        let outgoing = try await outgoing([FanOut(event: event, deliveries: deliveries)])
        for parcel in outgoing.parcels { prepared.add(try await self.deliveries.prepare(parcel)) }
        prepared.add(
            Deliveries.Prepared(operations: outgoing.operations) { [self] in
                for committed in outgoing.committed { committed() }
                took(event, deliveries)
            })
        return prepared
    }
}
