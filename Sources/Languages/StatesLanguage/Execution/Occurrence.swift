import Core

/// What happened outside of an execution.
package enum Occurrence: Sendable {
    /// `worker` is what a worker of an activity calls itself.
    case taskStarted(work: Int, worker: String? = nil)
    /// A task that someone else completes was handed over.
    case taskSubmitted(work: Int, output: JSON)
    case taskSucceeded(work: Int, output: JSON)
    case taskFailed(work: Int, error: String?, cause: String?)
    /// `States.Timeout`; journals of older programs have `States.HeartbeatTimeout` too.
    case taskTimedOut(work: Int, error: String, cause: String?)
    /// Whoever does the task was not heard of in time.
    case heartbeatMissed(work: Int)
    case timerFired(work: Int)
    case mapRunStarted(work: Int, arn: String)
    /// A run that an order names goes on; `count` is how often it did.
    case mapRunRedriven(work: Int, arn: String, count: Int)
    case mapRunSucceeded(work: Int, output: JSON)
    case mapRunFailed(work: Int, error: String?, cause: String?)
    /// Someone stopped the execution.
    case aborted(error: String?, cause: String?)
}
