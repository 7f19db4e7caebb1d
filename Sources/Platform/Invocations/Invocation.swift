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
    /// The call as the governor knows it.
    package let call: GovernedCall
    package let wantsLogTail: Bool

    /// Draws a version if an alias splits its calls.
    package init(
        id: String, target: ResolvedFunction, payload: ByteBuffer, clientContext: String?, trace: TraceContext,
        amazonTrace: String? = nil, descent: Descent, wantsLogTail: Bool = false
    ) {
        self.init(
            id: id, target: target, payload: payload, clientContext: clientContext, trace: trace,
            amazonTrace: amazonTrace ?? trace.amazon,
            call: GovernedCall(kind: .invocation, function: target.key, descent: descent), wantsLogTail: wantsLogTail)
    }

    /// A call that a work item asks for; `isFirst` says that it has not run before.
    package init(
        event id: String, target: ResolvedFunction, payload: ByteBuffer, clientContext: String?, trace: TraceContext,
        descent: Descent, isFirst: Bool
    ) {
        self.init(
            id: id, target: target, payload: payload, clientContext: clientContext, trace: trace,
            amazonTrace: trace.amazon,
            call: GovernedCall(kind: .event, function: target.key, descent: descent, wasAccepted: isFirst),
            wantsLogTail: false)
    }

    private init(
        id: String, target: ResolvedFunction, payload: ByteBuffer, clientContext: String?, trace: TraceContext,
        amazonTrace: String, call: GovernedCall, wantsLogTail: Bool
    ) {
        self.id = id
        version = target.version()
        invokedARN = target.invokedARN
        reservedConcurrency = target.reservedConcurrency
        self.payload = payload
        self.clientContext = clientContext
        self.trace = trace
        self.amazonTrace = amazonTrace
        self.call = call
        self.wantsLogTail = wantsLogTail
    }

    /// What is the cause of all that its function asks for.
    var cause: Cause {
        Cause(descent: call.function.map(call.descent.below) ?? call.descent, trace: trace)
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
        /// A rule or a budget stands in its way.
        case refused(GovernorRefusal)
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
