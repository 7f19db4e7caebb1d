import Core
import StatesLanguage
import Storage

/// Letting executions go on that have ended without success.
extension Workflows {
    /// Goes on with an execution from what failed in it, and says when.
    ///
    /// What it runs and as whom is what it began with; what has succeeded is not done again. The request that let it go on
    /// last, asked again with its token, changes nothing.
    package func redrive(_ id: ExecutionID, token: String? = nil) async throws(WorkflowError) -> Instant {
        await turns.enter(id)
        defer { turns.leave(id) }
        let kept = try await load(id)
        if let token, token == kept.record.redriveToken, let redriven = kept.record.redriven { return redriven }
        if let obstacle = kept.record.obstacle(at: now) { throw .notRedrivable(id, obstacle) }
        return try await redrive(kept, token)
    }

    /// Goes on with the execution for an item of a map run that goes on; false where that cannot be any more.
    ///
    /// One that runs, or has ended since, is left as it is.
    func redrive(item id: ExecutionID, since redriven: Instant) async throws(WorkflowError) -> Bool {
        await turns.enter(id)
        defer { turns.leave(id) }
        let kept = try await load(id)
        guard let stopped = kept.record.stopped, stopped <= redriven else { return true }
        guard [nil, .belongsToMapRun].contains(kept.record.obstacle(at: now)) else { return false }
        do throws(WorkflowError) { _ = try await redrive(kept, nil) } catch .notRedrivable { return false }
        return true
    }

    private func redrive(_ kept: Kept, _ token: String?) async throws(WorkflowError) -> Instant {
        var kept = kept
        let now = now
        var execution = try await live(kept)
        let stretch = execution.redrive(at: now)
        guard !stretch.entries.isEmpty else { throw .notRedrivable(kept.id, .historyIsFull) }
        kept.record.stopped = nil
        kept.record.events = nil
        kept.record.redrives += 1
        kept.record.redriven = now
        kept.record.redriveToken = token
        guard try await keep(stretch, of: execution, kept, isRedriven: true) else { throw .contended(kept.id) }
        try await goOn(execution, kept)
        return now
    }

    /// Whether an execution can be redriven at the moment, as far as its record says.
    package func obstacle(of record: WorkflowExecution) -> WorkflowExecution.Obstacle? { record.obstacle(at: now) }
}
