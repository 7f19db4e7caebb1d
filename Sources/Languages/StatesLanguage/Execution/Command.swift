import Core

/// What the owner of an execution is to do.
package enum Command: Sendable {
    case schedule(TaskOrder)
    /// Report `timerFired` at this time.
    case startTimer(work: Int, at: Instant)
    case startMapRun(MapRunOrder)
    /// Much has happened: keep it, then call `resume`.
    case resume
    /// What was begun under this number is not needed any more; nothing has to be reported.
    case cancel(work: Int)
    /// The execution has ended; its status says how.
    case end
}
