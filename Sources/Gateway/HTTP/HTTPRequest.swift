import Core
import NIOCore

/// A whole HTTP request, as the gateway handles it.
struct HTTPRequest: Sendable {
    let head: RequestText
    let body: ByteBuffer
    /// Who is at the other end, as far as the socket tells.
    let caller: Caller
    let id: RequestID
    /// The id as text, made once: the runtime, the log and the answer all name it.
    let idText: String
    let trace: TraceContext
    /// The trace as AWS's clients know it, made once for the runtime and the answer.
    let amazonTrace: String
    let lineage: LineageID

    /// What the socket tells of the caller before any signature is looked at.
    enum Caller: Sendable {
        /// Somebody who must sign.
        case anyone
        /// A function, known by the sandbox whose door this is.
        case function(FunctionVersion, lineage: LineageID?)
    }

    /// Continues the caller's trace, or starts one.
    init(head: RequestText, body: ByteBuffer, caller: Caller) {
        self.head = head
        self.body = body
        self.caller = caller
        id = RequestID()
        idText = id.description
        let parent =
            head.header("traceparent").flatMap(TraceContext.init(traceparent:))
            ?? head.header("x-amzn-trace-id").flatMap(TraceContext.init(amazon:))
        trace = parent?.child() ?? TraceContext()
        amazonTrace = trace.amazon
        lineage = if case .function(_, let lineage?) = caller { lineage } else { LineageID() }
    }
}
