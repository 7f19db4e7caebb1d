import Core
import StatesLanguage
import Storage

/// Letting executions go on that have ended without success.
extension Workflows {
    /// Goes on with an execution from what failed in it, and says when.
    ///
    /// What it runs and as whom is what it began with; what has succeeded is not done again.
    package func redrive(_ id: ExecutionID) async throws(WorkflowError) -> Instant {
        await turns.enter(id)
        defer { turns.leave(id) }
        var kept = try await load(id)
        let now = now
        if let obstacle = kept.record.obstacle(at: now) { throw .notRedrivable(id, obstacle) }
        var execution = try await live(kept)
        let stretch = execution.redrive(at: now)
        guard !stretch.entries.isEmpty else { throw .notRedrivable(id, .historyIsFull) }
        kept.record.stopped = nil
        kept.record.events = nil
        kept.record.redrives += 1
        kept.record.redriven = now
        guard try await keep(stretch, of: execution, kept, isRedriven: true) else { throw .contended(id) }
        try await goOn(execution, kept)
        return now
    }

    /// Whether an execution can be redriven at the moment, as far as its record says.
    package func obstacle(of record: WorkflowExecution) -> WorkflowExecution.Obstacle? { record.obstacle(at: now) }
}
