import Core
import StatesLanguage
import Storage

/// Telling executions what happened.
extension Workflows {
    /// How often a change is tried that somebody else was faster with.
    private static let tries = 10

    /// What is reported to an execution as it stands.
    typealias Report = @Sendable (_ execution: LiveExecution, _ now: Instant) -> [Occurrence]

    /// Tells an execution what happened, keeps that together with other operations, and lets it go on.
    ///
    /// False where the execution was waiting for none of it: then only the other operations are carried out.
    @discardableResult
    func tell(
        _ id: ExecutionID, with operations: [WriteOperation] = [], _ report: Report
    ) async throws(WorkflowError) -> Bool {
        await turns.enter(id)
        defer { turns.leave(id) }
        for _ in 0..<Self.tries {
            let kept = try await load(id)
            guard kept.record.status == .running else {
                try await commit(operations)
                return false
            }
            var execution = try await live(kept)
            let now = now
            let stretch = execution.take(report(execution, now), at: now)
            guard !stretch.entries.isEmpty else {
                keep(execution, id)
                try await commit(operations)
                return false
            }
            guard try await keep(stretch, of: execution, kept, with: operations) else { continue }
            try await goOn(execution, kept)
            return true
        }
        throw .contended(id)
    }

    /// Lets an execution go on that has been kept, stretch after stretch.
    ///
    /// Where somebody else is faster, it is theirs.
    func goOn(_ execution: LiveExecution, _ kept: Kept) async throws(WorkflowError) {
        var execution = execution
        while execution.resumes {
            let stretch = execution.resume(at: now)
            guard try await keep(stretch, of: execution, kept) else { return }
        }
    }

    /// Lets an execution go on that was cut off.
    func resume(_ id: ExecutionID) async throws(WorkflowError) {
        await turns.enter(id)
        defer { turns.leave(id) }
        let kept = try await load(id)
        let execution = kept.record.status == .running ? try await live(kept) : nil
        if let execution, execution.resumes { return try await goOn(execution, kept) }
        try await commit([.delete(ExecutionTimer.key(ExecutionTimer.resumption, of: id))])
    }

    /// The execution as it stands, and its record; `nil` in its place where it has ended.
    func look(at id: ExecutionID) async throws(WorkflowError) -> (kept: Kept, execution: LiveExecution?) {
        await turns.enter(id)
        defer { turns.leave(id) }
        let kept = try await load(id)
        guard kept.record.status == .running else { return (kept, nil) }
        let execution = try await live(kept)
        keep(execution, id)
        return (kept, execution)
    }

    func commit(_ operations: [WriteOperation]) async throws(WorkflowError) {
        guard !operations.isEmpty else { return }
        _ = try await records.commit(operations)
    }
}
