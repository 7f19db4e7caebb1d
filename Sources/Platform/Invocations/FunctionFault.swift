import Core
import NIOCore

/// How a function fails when it gives no error object of its own, in the words of AWS's runtime interface.
///
/// Source: aws/aws-lambda-runtime-interface-emulator; AWS Lambda developer guide, "Understanding Lambda function errors".
package enum FunctionFault: Equatable, Sendable {
    case timedOut(seconds: Int)
    /// The runtime said itself why it cannot start; the caller gets its own error object.
    case initFailed(type: String, error: ByteBuffer)
    case exited(status: Int32)
    case signalled(Int32)
    /// The function needed more memory than its own setting allows.
    case outOfMemory(limit: Int)
    /// The host ran out of memory while the function was below its own limit.
    case hostOutOfMemory
    case responseTooLarge(limit: Int)
    /// An operator stopped a scope that the call belongs to, and what ran in it.
    case stopped(scope: String, by: String, reason: String)
    /// There is no `bootstrap` to run.
    case noEntrypoint(String)

    /// A runtime's own error at its start; a type that AWS does not let pass is unknown.
    package static func initFailed(_ type: String?, _ error: ByteBuffer) -> FunctionFault {
        let parts = (type ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let isKnown =
            parts.count == 2 && ["Runtime", "Function"].contains(parts[0]) && parts[1].first?.isUppercase == true
            && parts[1].utf8.count <= 100 && parts[1].utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
        return .initFailed(type: isKnown ? parts.joined(separator: ".") : "Runtime.Unknown", error: error)
    }

    package var errorType: String {
        switch self {
        case .timedOut: "Sandbox.Timedout"
        case .initFailed(let type, _): type
        case .exited, .signalled: "Runtime.ExitError"
        case .outOfMemory: "Runtime.OutOfMemory"
        case .hostOutOfMemory: "Host.OutOfMemory"
        case .responseTooLarge: "Function.ResponseSizeTooLarge"
        case .noEntrypoint: "Runtime.InvalidEntrypoint"
        case .stopped: "Governor.Stopped"
        }
    }

    /// What the caller of `requestID` reads.
    package func message(requestID: String) -> String {
        "RequestId: \(requestID) Error: \(reason)"
    }

    /// What happened, for the log.
    package var reason: String {
        switch self {
        case .timedOut(let seconds): "Task timed out after \(seconds).00 seconds"
        case .initFailed(let type, _): "Runtime did not start: \(type)"
        case .exited(0): "Runtime exited without providing a reason"
        case .exited(let status): "Runtime exited with error: exit status \(status)"
        case .signalled(let signal): "Runtime exited with error: signal: \(Self.signalName(signal))"
        case .outOfMemory(let limit):
            "Runtime exited with error: signal: killed (the function's memory limit of \(limit) MB was reached)"
        case .hostOutOfMemory:
            "Runtime exited with error: signal: killed (the host ran out of memory; the function was within its limit)"
        case .responseTooLarge(let limit):
            "Response payload size exceeded maximum allowed payload size (\(limit) bytes)."
        case .stopped(let scope, let principal, let reason):
            "The call was ended: \(principal) stopped \(scope)" + (reason.isEmpty ? "." : " (\(reason)).")
        case .noEntrypoint(let reason): "Couldn't find valid bootstrap(s): \(reason)"
        }
    }

    /// The line that says so in the function's log; none where the runtime wrote one.
    package func line(requestID: String) -> String? {
        switch self {
        case .timedOut: "\(Instant.now.iso8601) \(requestID) \(reason)\n"
        case .initFailed: nil
        default: message(requestID: requestID) + "\n"
        }
    }

    /// The error object the caller gets.
    package func payload(requestID: String) -> ByteBuffer {
        if case .initFailed(_, let error) = self { return error }
        let text = self.isPlain ? reason : message(requestID: requestID)
        let object: JSON = ["errorType": .string(errorType), "errorMessage": .string(text)]
        return ByteBuffer(bytes: object.serialized)
    }

    private var isPlain: Bool { if case .responseTooLarge = self { true } else { false } }

    private static func signalName(_ signal: Int32) -> String {
        let names: [Int32: String] = [
            1: "hangup", 2: "interrupt", 3: "quit", 4: "illegal instruction", 5: "trace/breakpoint trap", 6: "aborted",
            7: "bus error", 8: "floating point exception", 9: "killed", 11: "segmentation fault", 13: "broken pipe",
            15: "terminated", 24: "CPU time limit exceeded", 25: "file size limit exceeded", 31: "bad system call",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}
