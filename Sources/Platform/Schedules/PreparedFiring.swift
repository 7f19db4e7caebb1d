import Core
import Storage

/// What is written when a schedule fires, and what is to be done after that.
struct PreparedFiring: Sendable {
    let entry: DueTimes.Entry
    /// `nil` where the schedule is gone and only its time was left.
    let plan: FiringPlan?
    /// The first says when it fires next.
    let operations: [WriteOperation]
    let deletesSchedule: Bool
    /// Tells whoever works on what was written.
    let told: @Sendable () -> Void

    /// Plans the firing, and asks what its target needs.
    init(
        _ entry: DueTimes.Entry, _ found: ScheduleRecords.Found<Schedule>?, _ schedules: Schedules
    ) async throws {
        self.entry = entry
        let time = FireTime.key(entry.id)
        guard let found else {
            plan = nil
            operations = [.delete(time, expect: .version(entry.version))]
            (deletesSchedule, told) = (false, {})
            return
        }
        let schedule = found.value
        let plan = FiringPlan(
            try schedule.timetable(schedules.zones), schedule, entry.id, due: entry.time, now: schedules.now)
        self.plan = plan
        var operations: [WriteOperation] = []
        let isComplete = plan.next == nil
        deletesSchedule = isComplete && schedule.settings.deletesAfterCompletion
        operations.append(
            plan.next?.put(for: entry.id, expect: .version(entry.version))
                ?? .delete(time, expect: .version(entry.version)))
        if deletesSchedule {
            operations.append(.delete(ScheduleRecords.key(entry.id), expect: .version(found.version)))
        }
        var told: @Sendable () -> Void = {}
        if let scheduled = plan.fires {
            let prepared = try await schedules.deliver(
                Firing(
                    account: schedules.account, region: schedules.region, schedule: schedules.arn(entry.id),
                    target: schedule.settings.target, scheduled: scheduled, execution: RequestID(),
                    descent: Descent(), trace: TraceContext()))
            operations += prepared.operations
            told = prepared.committed
        }
        self.operations = operations
        self.told = told
    }
}
