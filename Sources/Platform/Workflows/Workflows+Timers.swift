import Core
import Logging
import NIOCore
import StatesLanguage
import Storage

/// Waking executions whose time has come.
extension Workflows {
    /// Timers that are looked at together.
    private static let timerBatch = 256
    /// The longest wait, in milliseconds: the clock may be set, and another server may have written a timer.
    private static let longestWait: Int64 = 1000
    /// How long a timer rests that could not be dealt with, in milliseconds.
    private static let pause: Int64 = 5000

    /// Wakes executions and has their tasks done until the task is cancelled.
    package func run(on eventLoop: any EventLoop) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTime(on: eventLoop) }
            group.addTask { await self.doTasks() }
            group.addTask { await self.doExpress() }
            group.addTask { await self.doMapRuns() }
            group.addTask { await self.keepForgetting() }
        }
    }

    @concurrent
    private func keepTime(on eventLoop: any EventLoop) async {
        var timer: Scheduled<Void>?
        signal.yield()
        for await _ in signals {
            timer?.cancel()
            var round = Round.fired
            while !Task.isCancelled, round == .fired { round = await fireDue() }
            // Where something cannot be written, trying at once again would only be work.
            let wait = round == .failed ? Self.longestWait : await nextWait()
            let signal = signal
            timer = eventLoop.scheduleTask(in: .milliseconds(wait)) { signal.yield() }
        }
        timer?.cancel()
    }

    /// How long nothing is due, in milliseconds.
    private func nextWait() async -> Int64 {
        do {
            // The index says when: one that was postponed is due later than it says itself.
            guard let first = try await timers(before: nil, limit: 1).first,
                let due = first.index.first(where: { $0.name == ExecutionTimer.index }).flatMap({ Int64($0.value) })
            else { return Self.longestWait }
            return min(max(0, due - now.milliseconds), Self.longestWait)
        } catch {
            logger.warning("Waiting executions could not be looked for.", metadata: ["reason": "\(error)"])
            return Self.longestWait
        }
    }

    /// What came of a look at what is due.
    enum Round {
        case none, fired, failed
    }

    /// Fires some of what is due.
    func fireDue() async -> Round {
        let due: [Record]
        do { due = try await timers(before: now.advanced(milliseconds: 1), limit: Self.timerBatch) } catch {
            logger.warning("Waiting executions could not be looked for.", metadata: ["reason": "\(error)"])
            return .failed
        }
        return await withTaskGroup(of: Bool.self) { group in
            for record in due { group.addTask { await self.fire(record) } }
            let isDone = await group.reduce(true) { $0 && $1 }
            return !isDone ? .failed : due.isEmpty ? .none : .fired
        }
    }

    private func timers(before end: Instant?, limit: Int) async throws(WorkflowError) -> [Record] {
        try await records.scan(
            .index(
                kind: WorkflowRecords.timers, name: ExecutionTimer.index,
                match: .range(from: "", below: end.map(FireTime.indexValue))),
            after: nil, limit: limit
        ).records
    }

    /// Wakes an execution, or lets its timer rest; false where neither could be done.
    private func fire(_ record: Record) async -> Bool {
        guard let (id, work) = ExecutionTimer.owner(record.key), let timer = ExecutionTimer(record.value) else {
            return await drop(record)
        }
        do throws(WorkflowError) {
            guard timer.reason != .resume else {
                try await resume(id)
                return true
            }
            // Whoever does a task may have been heard of meanwhile: then the timer is another one.
            let gone = WriteOperation.delete(record.key, expect: .version(record.version))
            try await tell(id, with: [gone]) { _, now in
                timer.occurrence(work, at: max(now, timer.due)).map { [$0] } ?? []
            }
            return true
        } catch .executionMissing, .keys(.erased) {
            return await drop(record)
        } catch {
            logger.error(
                "An execution could not be woken; it is tried again.",
                metadata: ["execution": "\(id)", "reason": "\(error)"])
            return await postpone(record)
        }
    }

    /// One that cannot be woken must not keep the others from being so.
    private func postpone(_ record: Record) async -> Bool {
        let later = now.advanced(milliseconds: Self.pause)
        let put = WriteOperation.put(
            record.key, value: record.value,
            index: [IndexValue(name: ExecutionTimer.index, value: FireTime.indexValue(later))],
            expect: .version(record.version))
        // Where that cannot be written either, it comes again at once.
        do {
            _ = try await records.commit([put])
            return true
        } catch {
            logger.error("A timer could not be postponed.", metadata: ["reason": "\(error)"])
            return false
        }
    }

    private func drop(_ record: Record) async -> Bool {
        do {
            _ = try await records.commit([.delete(record.key)])
            return true
        } catch {
            logger.error("A timer could not be dropped.", metadata: ["reason": "\(error)"])
            return false
        }
    }
}
