import Core

/// How an execution stands.
package enum ExecutionStatus: Hashable, Sendable {
    case running
    case succeeded(JSON)
    case failed(error: String?, cause: String?)
    case timedOut
    case aborted(error: String?, cause: String?)
}
