/// How a sandbox ended.
///
/// There is exactly one for each that was parked.
package struct SandboxExit: Equatable, Sendable {
    /// What became of the runtime.
    package enum Cause: Equatable, Sendable {
        /// It ended by itself, with this status.
        case exited(Int32)
        /// It was ended by this signal.
        case signalled(Int32)
        /// The sandbox was lost around it.
        case lost
    }

    package let id: SandboxID
    package let cause: Cause
    /// Whether its memory limit ended it.
    package let oomKilled: Bool
    /// Whether `stop` ended it.
    package let byUs: Bool
    /// The most memory it ever used, in bytes; 0 where nobody counts.
    package let memoryPeak: UInt64
    /// Why it could not be given its limits or its function, if that is what ended it.
    package let failure: SandboxError?

    package init(
        id: SandboxID, cause: Cause, oomKilled: Bool, byUs: Bool, memoryPeak: UInt64 = 0, failure: SandboxError? = nil
    ) {
        self.id = id
        self.cause = cause
        self.oomKilled = oomKilled
        self.byUs = byUs
        self.memoryPeak = memoryPeak
        self.failure = failure
    }
}
