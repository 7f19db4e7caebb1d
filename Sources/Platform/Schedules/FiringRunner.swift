import Core
import Logging
import NIOCore
import Storage

/// Fires what is due.
///
/// One commit for each: its next time, under the condition that nobody else has changed it, and what its targets get.
/// So a firing happens once, however many servers share a store and whenever one of them is killed.
struct FiringRunner<Source: FiringSource>: Sendable {
    /// Firings of one commit, and commits that are prepared at a time.
    private static var batchSize: Int { 64 }
    private static var batches: Int { 4 }
    /// The longest wait, since the wall clock may be set; and how often the store is asked for what others wrote.
    private static var longestWait: Int64 { 1000 }
    private static var searchInterval: Int64 { 30_000 }
    /// How long what could not be fired waits.
    private static var pause: Int64 { 5000 }

    private let source: Source
    private let eventLoop: any EventLoop

    /// Takes what fires, and whose timers it uses.
    init(_ source: Source, eventLoop: any EventLoop) {
        self.source = source
        self.eventLoop = eventLoop
    }

    /// Fires until the task is cancelled.
    @concurrent
    func run() async {
        var timer: Scheduled<Void>?
        var searched = source.now
        source.signal.yield()
        for await _ in source.signals {
            timer?.cancel()
            if source.now.milliseconds - searched.milliseconds > Self.searchInterval {
                searched = source.now
                await search()
            }
            while !Task.isCancelled, await fireDue() {}
            timer = await arm()
        }
        timer?.cancel()
    }

    /// Wakes the loop when the next is due.
    private func arm() async -> Scheduled<Void> {
        let wait = await source.nextDue.map { $0.milliseconds - source.now.milliseconds } ?? Self.longestWait
        let signal = source.signal
        return eventLoop.scheduleTask(in: .milliseconds(min(max(0, wait), Self.longestWait))) { signal.yield() }
    }

    /// Times that come soon, which another server may have written.
    private func search() async {
        do {
            try await source.look(until: source.now.advanced(milliseconds: 2 * Self.searchInterval))
        } catch {
            source.logger.warning("Fire times could not be looked for.", metadata: ["reason": "\(error)"])
        }
    }

    /// Fires some of what is due; says whether there was any.
    private func fireDue() async -> Bool {
        let due = await source.take(limit: Self.batches * Self.batchSize)
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
        let prepared: [Result<PreparedFiring, any Error>]
        do { prepared = try await source.prepare(batch) } catch {
            // One that cannot be read must not hold up the others.
            guard batch.count == 1 else { return await singly(batch) }
            return await postpone(batch[0], error)
        }
        var firings: [PreparedFiring] = []
        for (entry, prepared) in zip(batch, prepared) {
            do { firings.append(try prepared.get()) } catch { await postpone(entry, error) }
        }
        await commit(firings)
    }

    /// Writes all or nothing; `nil` if a record was not as expected.
    private func commit(operations: [WriteOperation]) async throws(StoreError) -> [OperationResult]? {
        do { return try await source.store.commit(source.partition, operations) } catch {
            guard case .conflict = error else { throw error }
            return nil
        }
    }

    private func singly(_ batch: [DueTimes.Entry]) async { for entry in batch { await fire([entry]) } }

    private func commit(_ batch: [PreparedFiring]) async {
        guard !batch.isEmpty else { return }
        do {
            guard let results = try await commit(operations: batch.flatMap(\.operations)) else {
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
            await source.wait(for: DueTimes.Entry(id: id, time: next, version: version))
        } else if firing.deletesSchedule {
            await source.completed(id)
        }
        if let missed = firing.plan?.missed, missed > 0 {
            source.logger.warning(
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
            let place = FireTime.key(entry.id, kind: Source.timeKind)
            guard let record = try await source.store.get(source.partition, place),
                let time = FireTime(record.value)
            else { return }
            await source.wait(for: DueTimes.Entry(id: entry.id, time: time, version: record.version))
        } catch { await postpone(entry, error) }
    }

    private func postpone(_ entry: DueTimes.Entry, _ error: any Error) async {
        source.logger.error(
            "A schedule or rule could not be fired; it is tried again.",
            metadata: ["schedule": "\(entry.id)", "reason": "\(error)"])
        var entry = entry
        entry.due = source.now.advanced(milliseconds: Self.pause)
        await source.wait(for: entry)
    }
}
