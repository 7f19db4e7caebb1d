import Core
import StatesLanguage
import Storage

/// Taking state machines away.
extension Workflows {
    /// Executions of one page.
    private static let deletedAtOnce = 100

    /// Deletes a machine with all its executions, and erases the key that sealed them; those that run are ended.
    ///
    /// It is marked first, so that a deletion that was cut off goes on when the server starts. Deleting what is not there
    /// is no error.
    package func delete(_ machine: WorkflowName) async throws(WorkflowError) {
        guard var found = try await records.read(WorkflowRecords.key(machine), as: Workflow.self) else { return }
        if !found.value.isDeleting {
            found.value.isDeleting = true
            found.value.updated = now
            try await machines.write(found, of: machine)
        }
        try await finishDeleting(machine, found.key)
    }

    /// Goes on with deletions that were cut off.
    func finishDeleting() async throws(WorkflowError) {
        var token: String?
        repeat {
            let page = try await machines.list(after: token, limit: 1000)
            for (name, workflow) in page.machines where workflow.isDeleting {
                try await finishDeleting(name, try await machines.load(name).key)
            }
            token = page.next
        } while token != nil
    }

    private func finishDeleting(_ machine: WorkflowName, _ key: KeyName) async throws(WorkflowError) {
        let kinds = [
            WorkflowRecords.timers, WorkflowRecords.executions, WorkflowRecords.mapRuns, WorkflowRecords.aliases,
            WorkflowRecords.versions, WorkflowRecords.revisions,
        ]
        for kind in kinds {
            for prefix in ["\(machine):", "\(machine)/"] {
                while true {
                    let page = try await records.scan(
                        .kind(kind, prefix: prefix), after: nil, limit: Self.deletedAtOnce)
                    guard !page.records.isEmpty else { break }
                    var batch = page.records.map { WriteOperation.delete($0.key) }
                    if kind == WorkflowRecords.mapRuns {
                        batch += page.records.compactMap { ExecutionID($0.key.id) }
                            .flatMap(logs(ofRun:))
                    }
                    if kind == WorkflowRecords.executions {
                        for record in page.records {
                            guard let id = ExecutionID(record.key.id) else { continue }
                            batch += logs(of: id)
                            keep(nil, id)
                        }
                    }
                    try await commit(batch)
                }
            }
        }
        try await commit([.delete(WorkflowRecords.key(machine))])
        try await records.erase(key)
        machines.forget(machine)
    }
}
