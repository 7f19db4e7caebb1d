import Core
import Logging
import NIOCore
import Storage

/// Fires schedules when they are due.
///
/// One commit for each: the next time of the schedule, under the condition that nobody else has changed it, and what its
/// target gets. So a firing happens once, however many servers share a store and whenever one of them is killed.
package struct ScheduleRunner: Sendable {
    /// Firings of one commit, and commits that are prepared at a time.
    private static let batchSize = 64
    private static let batches = 4
    /// The longest wait, since the wall clock may be set; and how often the store is asked for what others wrote.
    private static let longestWait: Int64 = 1000
    private static let searchInterval: Int64 = 30_000
    /// How long what could not be fired waits.
    private static let pause: Int64 = 5000

    private let schedules: Schedules
    private let eventLoop: any EventLoop

    /// Takes the schedules, and whose timers it uses.
    package init(_ schedules: Schedules, eventLoop: any EventLoop) {
        self.schedules = schedules
        self.eventLoop = eventLoop
    }

    /// Fires until the task is cancelled.
    @concurrent
    package func run() async {
        var timer: Scheduled<Void>?
        var searched = schedules.now
        schedules.signal.yield()
        for await _ in schedules.signals {
            timer?.cancel()
            if schedules.now.milliseconds - searched.milliseconds > Self.searchInterval {
                searched = schedules.now
                await search()
            }
            while !Task.isCancelled, await fireDue() {}
            timer = await arm()
        }
        timer?.cancel()
    }

    /// Wakes the loop when the next is due.
    private func arm() async -> Scheduled<Void> {
        let wait = await schedules.nextDue.map { $0.milliseconds - schedules.now.milliseconds } ?? Self.longestWait
        let signal = schedules.signal
        return eventLoop.scheduleTask(in: .milliseconds(min(max(0, wait), Self.longestWait))) { signal.yield() }
    }

    /// Times that come soon, which another server may have written.
    private func search() async {
        do {
            try await schedules.look(until: schedules.now.advanced(milliseconds: 2 * Self.searchInterval))
        } catch {
            schedules.logger.warning("Fire times could not be looked for.", metadata: ["reason": "\(error)"])
        }
    }

    /// Fires some of what is due; says whether there was any.
    private func fireDue() async -> Bool {
        let due = await schedules.take(limit: Self.batches * Self.batchSize)
        guard !due.isEmpty else { return false }
        await withDiscardingTaskGroup { group in
            for start in stride(from: 0, to: due.count, by: Self.batchSize) {
                let batch = Array(due[start..<min(start + Self.batchSize, due.count)])
                group.addTask { await fire(batch) }
            }
        }
        return true
    }

    private func fire(_ batch: [DueTimes.Entry]) async {
        let found: [ScheduleRecords.Found<Schedule>?]
        do {
            found = try await schedules.records.read(batch.map { ScheduleRecords.key($0.id) })
        } catch {
            // One that cannot be read must not hold up the others.
            guard batch.count == 1 else { return await singly(batch) }
            return await postpone(batch[0], error)
        }
        var prepared: [PreparedFiring] = []
        for (entry, schedule) in zip(batch, found) {
            do { prepared.append(try await PreparedFiring(entry, schedule, schedules)) } catch {
                await postpone(entry, error)
            }
        }
        await commit(prepared)
    }

    private func singly(_ batch: [DueTimes.Entry]) async { for entry in batch { await fire([entry]) } }

    private func commit(_ batch: [PreparedFiring]) async {
        guard !batch.isEmpty else { return }
        do {
            guard let results = try await schedules.records.commit(batch.flatMap(\.operations)) else {
                // One of them is not as it was: it alone is left out.
                guard batch.count == 1 else {
                    for firing in batch { await commit([firing]) }
                    return
                }
                return await refresh(batch[0].entry)
            }
            var rest = results[...]
            for firing in batch {
                await settle(firing, Array(rest.prefix(firing.operations.count)))
                rest = rest.dropFirst(firing.operations.count)
            }
        } catch {
            // One that cannot be written must not hold up the others.
            guard batch.count == 1 else {
                for firing in batch { await commit([firing]) }
                return
            }
            await postpone(batch[0].entry, error)
        }
    }

    /// After a commit.
    private func settle(_ firing: PreparedFiring, _ results: [OperationResult]) async {
        let id = firing.entry.id
        if let next = firing.plan?.next, case .version(let version)? = results.first {
            await schedules.wait(for: DueTimes.Entry(id: id, time: next, version: version))
        } else if firing.deletesSchedule {
            await schedules.completed(id)
        }
        if let missed = firing.plan?.missed, missed > 0 {
            schedules.logger.warning(
                "Fire times were missed while the server was stopped or overloaded.",
                metadata: [
                    "schedule": "\(id)", "missed": "\(missed)", "fired": "\(firing.plan?.fires?.iso8601 ?? "none")",
                ])
        }
        firing.told()
    }

    /// Somebody has changed or fired the schedule: its time is read anew.
    private func refresh(_ entry: DueTimes.Entry) async {
        do {
            let place = FireTime.key(entry.id)
            guard let record = try await schedules.records.store.get(schedules.records.partition, place),
                let time = FireTime(record.value)
            else { return }
            await schedules.wait(for: DueTimes.Entry(id: entry.id, time: time, version: record.version))
        } catch { await postpone(entry, error) }
    }

    private func postpone(_ entry: DueTimes.Entry, _ error: any Error) async {
        schedules.logger.error(
            "A schedule could not be fired; it is tried again.",
            metadata: ["schedule": "\(entry.id)", "reason": "\(error)"])
        var entry = entry
        entry.due = schedules.now.advanced(milliseconds: Self.pause)
        await schedules.wait(for: entry)
    }
}
