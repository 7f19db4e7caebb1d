import Core

/// A task that is over when the execution is that it has begun.
struct ParentTask: Hashable, Sendable, Codable {
    private let name: String
    let work: Int
    /// Whether the execution's output is wanted as the JSON that it is, not as text.
    let isParsed: Bool

    init(execution: ExecutionID, work: Int, isParsed: Bool) {
        name = execution.description
        self.work = work
        self.isParsed = isParsed
    }

    /// The execution of the task; `nil` where the record was not written by us.
    var execution: ExecutionID? { ExecutionID(name) }
}
