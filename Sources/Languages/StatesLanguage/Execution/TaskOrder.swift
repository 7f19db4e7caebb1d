import Core

/// A task to be done for an execution.
package struct TaskOrder: Hashable, Sendable {
    /// Names the task towards the execution.
    package let work: Int
    package let state: String
    package let resource: String
    package let arguments: JSON
    /// In seconds; the owner reports `taskTimedOut` when they are over.
    package let timeout: Int?
    package let heartbeat: Int?
    package let credentials: JSON?
    /// What is called, as events name it.
    package let target: TaskTarget
}
