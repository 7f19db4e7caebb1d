/// What a task calls, and how long that may take.
package struct TaskBody: Sendable {
    package let resource: String
    /// In seconds, 1 to 99,999,999.
    package let timeout: Setting<Int>?
    package let heartbeat: Setting<Int>?
    /// Whose role is used: an object with `RoleArn`.
    package let credentials: Template?
}
