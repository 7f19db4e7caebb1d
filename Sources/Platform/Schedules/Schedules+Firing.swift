import Core
import NIOCore
import Storage

extension Schedules {
    /// Fires what is due, with the timers of an event loop, until the task is cancelled.
    package nonisolated func run(on eventLoop: any EventLoop) async {
        await FiringRunner(self, eventLoop: eventLoop).run()
    }
}

extension Schedules: FiringSource {
    static var timeKind: String { FireTime.kind }

    nonisolated var store: any Store { records.store }
    nonisolated var partition: Partition { records.partition }

    nonisolated func prepare(_ batch: [DueTimes.Entry]) async throws -> [Result<PreparedFiring, any Error>] {
        let found: [ScheduleRecords.Found<Schedule>?] = try await records.read(
            batch.map { ScheduleRecords.key($0.id) })
        var prepared: [Result<PreparedFiring, any Error>] = []
        for (entry, schedule) in zip(batch, found) {
            do { prepared.append(.success(try await prepare(entry, schedule))) } catch {
                prepared.append(.failure(error))
            }
        }
        return prepared
    }

    /// Plans the firing, and asks what its target needs.
    private nonisolated func prepare(
        _ entry: DueTimes.Entry, _ found: ScheduleRecords.Found<Schedule>?
    ) async throws -> PreparedFiring {
        guard let found else { return PreparedFiring(leftover: entry, kind: Self.timeKind) }
        let schedule = found.value
        let plan = FiringPlan(try schedule.timetable(zones), schedule, entry.id, due: entry.time, now: now)
        var prepared = PreparedFiring(entry, plan, kind: Self.timeKind)
        prepared.deletesSchedule = plan.next == nil && schedule.settings.deletesAfterCompletion
        if prepared.deletesSchedule {
            prepared.operations.append(.delete(ScheduleRecords.key(entry.id), expect: .version(found.version)))
        }
        if plan.missed > 0, let happenings {
            prepared.add(await happenings.prepared(.missed(arn(entry.id), plan)))
        }
        if let scheduled = plan.fires {
            prepared.add(
                try await deliver(
                    Firing(
                        account: account, region: region, schedule: arn(entry.id), target: schedule.settings.target,
                        scheduled: scheduled, execution: RequestID(), descent: Descent(), trace: TraceContext(),
                        channels: schedule.channels)))
        }
        return prepared
    }
}
