import Core
import Logging

/// What those who take messages ask for and tell.
extension EventSources {
    /// Takes messages and calls functions, until the task is cancelled.
    @concurrent
    package nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            for await id in turns { group.addTask { await SourcePoller(sources: self, id: id).run() } }
            // In a drain what is in work goes on; a task that is cancelled is over at once.
        }
    }

    /// A mapping whose messages are to be taken; `nil` where they are not, or not any more.
    func active(_ id: EventSourceID) -> EventSource? {
        guard !isFinishing, let source = sources[id], source.settings.isEnabled, !source.isDeleting else { return nil }
        return source
    }

    /// Whoever gathers has a batch; others may be gathered beside it, so many in all at most.
    func took(_ id: EventSourceID, cap: Int) {
        if polling[id, default: PollingState()].took(cap: cap) { turn.yield(id) }
    }

    /// A batch has ended; gives whether who had it goes on with the next.
    func finished(_ id: EventSourceID, _ end: PollingState.End, cap: Int) async -> Bool {
        if polling[id, default: PollingState()].finished(end, cap: cap) { return true }
        await settle(id)
        return false
    }

    /// Nothing waits in the queue.
    func foundNothing(_ id: EventSourceID) { polling[id]?.foundNothing() }

    /// Whoever gathered has found that it is not to be done any more.
    func stopped(_ id: EventSourceID) async {
        polling[id]?.stopped()
        await settle(id)
        // It may have been enabled again meanwhile.
        wake(id)
    }

    /// Something stands in the way of a mapping's messages; said in the log when it is new.
    func note(_ problem: SourceProblem, of id: EventSourceID) {
        guard problems[id] != problem, let source = sources[id] else { return }
        problems[id] = problem
        logger.warning(
            "An event source mapping has a problem.",
            metadata: ["mapping": "\(id)", "queue": "\(source.queue.name)", "problem": "\(problem.sentence)"])
    }

    /// A problem of this kind, if there was one, is over.
    func clear(_ kind: SourceProblem.Kind, of id: EventSourceID) {
        if problems[id]?.kind == kind { problems[id] = nil }
    }

    /// Lets somebody take the messages of a mapping, if nobody does.
    func wake(_ id: EventSourceID) {
        guard active(id) != nil, polling[id, default: PollingState()].begin() else { return }
        turn.yield(id)
    }

    func isIdle(_ id: EventSourceID) -> Bool { polling[id]?.isIdle ?? true }

    /// Deletes what was only waiting for the end of its work.
    private func settle(_ id: EventSourceID) async {
        guard sources[id]?.isDeleting == true, isIdle(id) else { return }
        do throws(EventSourceError) { try await remove(id) } catch {
            logger.error(
                "An event source mapping could not be deleted; the next start does it.",
                metadata: ["mapping": "\(id)", "reason": "\(error)"])
        }
    }
}
