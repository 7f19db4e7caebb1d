import Core
import NIOCore

/// One call of a function, as the pool gets it: resolved, admitted by nobody yet.
package struct Invocation: Sendable {
    package let id: String
    package let version: FunctionVersion
    package let invokedARN: String
    package let reservedConcurrency: Int?
    /// Passed on byte for byte; nothing here looks inside.
    package let payload: ByteBuffer
    package let clientContext: String?
    package let trace: TraceContext
    /// The trace in the form that runtimes know.
    package let amazonTrace: String
    package let lineage: LineageID
    package let wantsLogTail: Bool

    /// Draws a version if an alias splits its calls.
    package init(
        id: String, target: ResolvedFunction, payload: ByteBuffer, clientContext: String?, trace: TraceContext,
        amazonTrace: String? = nil, lineage: LineageID, wantsLogTail: Bool = false
    ) {
        self.id = id
        version = target.version()
        invokedARN = target.invokedARN
        reservedConcurrency = target.reservedConcurrency
        self.payload = payload
        self.clientContext = clientContext
        self.trace = trace
        self.amazonTrace = amazonTrace ?? trace.amazon
        self.lineage = lineage
        self.wantsLogTail = wantsLogTail
    }

    var need: PoolState.Need {
        PoolState.Need(
            key: version.identity, memory: version.configuration.memory.megabytes, reserved: reservedConcurrency,
            isLatest: version.number == .latest)
    }
}

/// How a call ended.
package struct InvocationResult: Sendable {
    package enum Outcome: Sendable {
        case success(ByteBuffer)
        /// The function failed: the bytes are the error object its caller gets.
        case functionError(ByteBuffer)
        case throttled(Throttle)
        /// The platform could not run the function.
        case unavailable(StartFailure)
    }

    package let outcome: Outcome
    package let executedVersion: VersionNumber
    /// The last 4 KB of the log of this call, where it was asked for.
    package let logTail: [UInt8]?
}

/// Why no instance could be started.
///
/// The function is not to blame.
package enum StartFailure: Error, Sendable {
    case noInterpreter(runtime: String)
    case codeUnavailable(reason: String)
    case sandbox(reason: String)
    case shuttingDown
}
