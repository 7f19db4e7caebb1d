import Core
import StatesLanguage
import Storage

/// Completing tasks with the tokens that were given out for them.
extension Workflows {
    /// What somebody who has the token of a task says of it.
    package enum TaskReport: Sendable {
        /// JSON.
        case succeeded(String)
        case failed(error: String?, cause: String?)
        /// It is being worked on.
        case beating
    }

    /// The execution whose task a token stands for.
    package func execution(token: String) throws(WorkflowError) -> ExecutionID {
        guard let task = tokens?.task(token) else { throw .badToken }
        return task.execution
    }

    /// Tells an execution what became of a task that somebody else completes; once, each attempt has a token of its own.
    package func report(_ report: TaskReport, token: String) async throws(WorkflowError) {
        guard let (id, work) = tokens?.task(token) else { throw .badToken }
        do throws(WorkflowError) {
            switch report {
            case .beating: try await beat(id, work)
            case .succeeded(let text):
                let output: JSON
                do throws(WorkflowError) { output = try Self.parse(text) } catch { throw Self.output(error) }
                try await complete(id, work, .taskSucceeded(work: work, output: output))
            case .failed(let error, let cause):
                try await complete(id, work, .taskFailed(work: work, error: error, cause: cause))
            }
        } catch .executionMissing { throw .taskMissing }
    }

    /// Whoever is fast may be heard of before the note that the task was handed over is written.
    private func complete(_ id: ExecutionID, _ work: Int, _ occurrence: Occurrence) async throws(WorkflowError) {
        for _ in 0..<Self.patience {
            let (_, execution) = try await look(at: id)
            guard let execution, case .task(let order)? = execution.open[work], order.target.waitsForToken else {
                throw .taskOver
            }
            if order.target == .activity || execution.submitted.contains(work) { break }
            // Where the wait is cut off the server stops, and the note is written later.
            try? await Task.sleep(for: Self.pause)
        }
        guard try await tell(id, { _, _ in [occurrence] }) else { throw .taskOver }
    }

    /// Whoever does the task was heard of: its time is counted anew.
    private func beat(_ id: ExecutionID, _ work: Int) async throws(WorkflowError) {
        let (_, execution) = try await look(at: id)
        guard case .task(let order)? = execution?.open[work], order.target.waitsForToken else { throw .taskOver }
        guard order.heartbeat != nil else { return }
        let key = ExecutionTimer.key(work, of: id)
        for _ in 0..<Self.beatTries {
            let record: Record?
            do { record = try await store.get(partition, key) } catch { throw .store(error) }
            guard let record, var timer = ExecutionTimer(record.value) else {
                throw .taskOver
            }
            timer.heard(at: now)
            if try await records.commit([timer.put(work, of: id, expect: .version(record.version))]) != nil { return }
        }
        throw .contended(id)
    }

    private static let patience = 100
    private static let pause = Duration.milliseconds(20)
    /// How often a beat is tried that something else was faster with.
    private static let beatTries = 5

    private static func output(_ error: WorkflowError) -> WorkflowError {
        switch error {
        case .inputNotJSON, .inputTooLarge: .badOutput
        default: error
        }
    }
}
