import Core
import Logging
import StatesLanguage
import Storage

/// Forgetting executions that ended long ago.
extension Workflows {
    /// How long an execution is kept after its end, in milliseconds: 90 days.
    ///
    /// Source: Step Functions developer guide, "Quotas related to state machine executions".
    static let retention: Int64 = 90 * 86_400_000
    private static let pause = Duration.seconds(3600)
    private static let forgottenAtOnce = 100

    /// Looks every hour for what ended long ago, until the task is cancelled.
    func keepForgetting() async {
        while !Task.isCancelled {
            do {
                while try await forgetOld() > 0, !Task.isCancelled {}
            } catch { logger.warning("Old executions could not be forgotten.", metadata: ["reason": "\(error)"]) }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    /// Forgets some of the executions that ended long ago, with all that their maps have begun, and says how many.
    func forgetOld() async throws(WorkflowError) -> Int {
        let end = now.advanced(milliseconds: -Self.retention)
        let page = try await records.scan(
            .index(
                kind: WorkflowRecords.executions, name: WorkflowExecution.ended,
                match: .range(
                    from: FireTime.indexValue(Instant(milliseconds: 0)), below: FireTime.indexValue(end))),
            after: nil, limit: Self.forgottenAtOnce)
        for record in page.records {
            guard let id = ExecutionID(record.key.id) else { throw .unreadable(id: record.key.id) }
            try await forgetRuns(of: id)
            try await commit([.delete(record.key, expect: .version(record.version))] + logs(of: id))
            keep(nil, id)
        }
        return page.records.count
    }

    /// What lies in logs of an execution, to be dropped.
    func logs(of id: ExecutionID) -> [WriteOperation] { [.dropLog(Self.history(id)), .dropLog(Self.journal(id))] }

    /// What lies in logs of a run, to be dropped.
    func logs(ofRun id: ExecutionID) -> [WriteOperation] { [.dropLog(MapRun.ends(id)), .dropLog(MapRun.items(id))] }

    private func forgetRuns(of execution: ExecutionID) async throws(WorkflowError) {
        while true {
            let runs = try await records.scan(
                .index(kind: WorkflowRecords.mapRuns, name: MapRun.index, match: .equals(execution.description)),
                after: nil, limit: Self.forgottenAtOnce
            ).records
            guard !runs.isEmpty else { return }
            for run in runs {
                guard let id = ExecutionID(run.key.id) else { throw .unreadable(id: run.key.id) }
                try await forgetItems(of: id)
                try await commit([.delete(run.key)] + logs(ofRun: id))
            }
        }
    }

    private func forgetItems(of run: ExecutionID) async throws(WorkflowError) {
        let list = ExecutionList.run(run)
        while true {
            let items = try await records.scan(
                .index(kind: WorkflowRecords.executions, name: list.index, match: .prefix("\(list.place)|")),
                after: nil, limit: Self.forgottenAtOnce
            ).records
            guard !items.isEmpty else { return }
            var batch: [WriteOperation] = []
            for item in items {
                guard let id = ExecutionID(item.key.id) else { throw .unreadable(id: item.key.id) }
                batch += [.delete(item.key)] + logs(of: id)
                keep(nil, id)
            }
            try await commit(batch)
        }
    }
}
