import Core
import Logging
import Storage

/// Takes firings that were refused to the dead letters, where their owner finds them with the reason.
///
/// They are committed to a queue of their own together with the schedule's next time, and moved from there; those that a
/// killed server left are moved when the next one starts.
struct ScheduleFaults: Sendable {
    static let queue = QueueID("schedule-faults")
    private static let worker = WorkerID("schedules")
    private static let lease = Duration.seconds(30)

    private let schedules: Schedules
    private var records: ScheduleRecords { schedules.records }

    init(_ schedules: Schedules) { self.schedules = schedules }

    /// Moves the item of a firing that was just refused.
    func setAside(_ item: ItemID, _ reason: String, _ id: ScheduleID) async {
        schedules.logger.warning(
            "A schedule's target was not called: its event went to the dead letters.",
            metadata: ["schedule": "\(id)", "reason": "\(reason)"])
        do {
            let claimed = try await records.store.claim(
                records.partition, Self.queue, item: item, lease: Self.lease, worker: Self.worker)
            if let claimed { try await move(claimed, reason) }
        } catch { tell(error) }
    }

    /// Moves what was left.
    func clear() async {
        do {
            while true {
                let left = try await records.store.claim(
                    records.partition, Self.queue, max: 100, lease: Self.lease, worker: Self.worker)
                guard !left.isEmpty else { return }
                for item in left { try await move(item, "ScheduleTargetRefused") }
            }
        } catch { tell(error) }
    }

    private func move(_ claimed: Claimed, _ reason: String) async throws(StoreError) {
        _ = try await records.store.commit(
            records.partition,
            [.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: String(reason.prefix(1024)))])
    }

    private func tell(_ error: any Error) {
        schedules.logger.error("A refused firing could not be set aside.", metadata: ["reason": "\(error)"])
    }
}
