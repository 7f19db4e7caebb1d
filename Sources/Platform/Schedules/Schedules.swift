import Core
import Logging
import ScheduleExpression
import Storage

/// The schedules of an account and their groups, and when each fires next.
///
/// Every change is one commit under the condition that the records are as they were read. The next times are kept in
/// memory too, all of them, and read from the store when the server starts.
package actor Schedules {
    /// What makes of a firing that which is written, in one commit with the schedule's next time, so that its target gets
    /// it; throws where that cannot be known now.
    package typealias Deliver = @Sendable (Firing) async throws -> Deliveries.Prepared

    /// Schedules, and groups, of an account.
    package static let limit = 100_000
    package static let groupLimit = 500

    package nonisolated let account: AccountID
    package nonisolated let region: Region
    nonisolated let records: ScheduleRecords
    nonisolated let zones: ZoneFolder
    nonisolated let deliver: Deliver
    nonisolated let logger: Logger
    /// Who is told of times that were missed.
    nonisolated let happenings: PlatformEvents?
    private nonisolated let clock: @Sendable () -> Instant
    /// Says that there may be something to do; one reader.
    nonisolated let signals: AsyncStream<Void>
    nonisolated let signal: AsyncStream<Void>.Continuation
    var due = DueTimes()
    private var count = 0

    /// Keeps schedules in an account's partition of a store; `restore` reads them before the first is asked for.
    package init(
        account: AccountID, region: Region, store: any Store, keys: Keys, zones: ZoneFolder = .standard,
        happenings: PlatformEvents? = nil, logger: Logger, clock: @escaping @Sendable () -> Instant = { .now },
        deliver: @escaping Deliver
    ) {
        self.account = account
        self.region = region
        records = ScheduleRecords(account: account, store: store, keys: keys)
        self.zones = zones
        self.logger = logger
        self.clock = clock
        self.deliver = deliver
        self.happenings = happenings
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    nonisolated var now: Instant { clock() }

    /// The ARN of a schedule.
    package nonisolated func arn(_ id: ScheduleID) -> ARN {
        ARN(service: "scheduler", region: region, account: account, resource: "schedule/\(id)")
    }

    /// Makes a schedule; the same request again, as its token says, is no error.
    package func create(
        _ id: ScheduleID, _ settings: ScheduleSettings, token: String?
    ) async throws(ScheduleError) {
        let now = now
        try settings.checkDates(now: now)
        let schedule = Schedule(settings: settings, created: now, modified: now, anchor: now, token: token)
        let timetable = try schedule.timetable(zones)
        let group = try await usableGroup(id.group)
        guard count < Self.limit else { throw .tooManySchedules(limit: Self.limit) }
        // A rate fires at once for the first time.
        let first = FiringPlan.fireTime(
            behind: now.advanced(milliseconds: -1), timetable, schedule, id)
        let put = try await records.put(schedule, at: ScheduleRecords.key(id), key: group.key, expect: .absent)
        guard let results = try await records.commit([put, timing(id, first, settings)]) else {
            let existing: ScheduleRecords.Found<Schedule>? = try await records.read(ScheduleRecords.key(id))
            guard let token, existing?.value.token == token else { throw .exists(id.name) }
            return
        }
        count += 1
        keep(id, settings.isEnabled ? first : nil, results[1])
    }

    /// Replaces all that is said of a schedule.
    ///
    /// What was due when it changed is still fired: a time that has come is not taken back.
    package func update(_ id: ScheduleID, _ settings: ScheduleSettings) async throws(ScheduleError) {
        let found = try await load(id)
        let now = now
        if settings.start != found.value.settings.start || settings.end != found.value.settings.end {
            try settings.checkDates(now: now)
        }
        let group = try await usableGroup(id.group)
        var schedule = found.value
        let isSame = settings.hasTimes(of: schedule.settings)
        let staysTimed = isSame && settings.isEnabled == schedule.settings.isEnabled
        schedule.settings = settings
        schedule.modified = now
        if !isSame { schedule.anchor = now }
        let timetable = try schedule.timetable(zones)
        let put = try await records.put(
            schedule, at: ScheduleRecords.key(id), key: group.key, expect: .version(found.version))
        let next = FiringPlan.fireTime(
            behind: isSame ? now : now.advanced(milliseconds: -1), timetable, schedule, id)
        let operations = staysTimed ? [put] : [put, timing(id, next, settings)]
        guard let results = try await records.commit(operations) else { throw .changedMeanwhile(id.name) }
        if !staysTimed { keep(id, settings.isEnabled ? next : nil, results[1]) }
    }

    /// Says who is told how what a schedule calls ended, from its next time on.
    package func set(_ channels: ResultChannels, of id: ScheduleID) async throws(ScheduleError) {
        let found = try await load(id)
        let group = try await usableGroup(id.group)
        var schedule = found.value
        schedule.channels = channels.isEmpty ? nil : channels
        let put = try await records.put(
            schedule, at: ScheduleRecords.key(id), key: group.key, expect: .version(found.version))
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(id.name) }
    }

    /// Deletes a schedule; it fires no more.
    package func delete(_ id: ScheduleID) async throws(ScheduleError) {
        let found = try await load(id)
        guard
            try await records.commit([
                .delete(ScheduleRecords.key(id), expect: .version(found.version)), .delete(FireTime.key(id)),
            ]) != nil
        else { throw .changedMeanwhile(id.name) }
        gone(id)
    }

    /// A schedule.
    package func schedule(_ id: ScheduleID) async throws(ScheduleError) -> Schedule { try await load(id).value }

    private func load(_ id: ScheduleID) async throws(ScheduleError) -> ScheduleRecords.Found<Schedule> {
        guard let found = try await records.read(ScheduleRecords.key(id), as: Schedule.self) else {
            guard try await records.read(ScheduleRecords.key(id.group), as: ScheduleGroup.self) != nil else {
                throw .groupMissing(id.group)
            }
            throw .missing(id.name)
        }
        return found
    }

    /// The operation that says when a schedule fires next, or that it does not.
    private func timing(_ id: ScheduleID, _ next: FireTime?, _ settings: ScheduleSettings) -> WriteOperation {
        guard settings.isEnabled, let next else { return .delete(FireTime.key(id)) }
        return next.put(for: id)
    }

    /// After a commit: waits for the time that it wrote.
    private func keep(_ id: ScheduleID, _ next: FireTime?, _ result: OperationResult) {
        if let next, case .version(let version) = result {
            due.set(DueTimes.Entry(id: id, time: next, version: version))
        } else {
            due.remove(id)
        }
        signal.yield()
    }

    /// After a commit that deleted a schedule.
    func gone(_ id: ScheduleID) {
        count -= 1
        due.remove(id)
    }
}

/// What the runner asks for.
extension Schedules {
    /// A schedule that is complete was deleted.
    func completed(_ id: ScheduleID) { gone(id) }

    /// Makes the default group if there is none, counts the schedules, and reads when each fires.
    package func restore() async throws {
        try await makeDefaultGroup()
        try await finishDeleting()
        count = try await countRecords()
        try await look(until: nil)
    }

    private func countRecords() async throws(ScheduleError) -> Int {
        var count = 0
        var after: Cursor?
        repeat {
            let page = try await records.scan(.kind(ScheduleRecords.schedules), after: after, limit: 1000)
            count += page.records.count
            after = page.next
        } while after != nil
        return count
    }
}
