import Core
import NIOCore
import NIOHTTP1

/// A whole answer to an HTTP request.
package struct HTTPReply: Sendable {
    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    /// Takes the parts; `Content-Length` is added when it is written.
    package init(status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A whole HTTP request, as the gateway handles it.
package struct HTTPRequest: Sendable {
    package let head: HTTPRequestHead
    package let body: ByteBuffer
    /// Who is at the other end, as far as the socket tells.
    package let caller: Caller
    package let id: RequestID
    /// The id as text, made once: the runtime, the log and the answer all name it.
    package let idText: String
    package let trace: TraceContext
    package let lineage: LineageID

    /// What the socket tells of the caller before any signature is looked at.
    package enum Caller: Sendable {
        /// Somebody who must sign.
        case anyone
        /// A function, known by the sandbox whose door this is.
        ///
        /// The cause is the call that it works on, if it does.
        case function(FunctionVersion, cause: Cause?)

        var cause: Cause? { if case .function(_, let cause) = self { cause } else { nil } }
    }

    /// Continues the trace that the headers or else the caller's own cause name, or starts one; so with the lineage.
    init(head: HTTPRequestHead, body: ByteBuffer, caller: Caller) {
        self.head = head
        self.body = body
        self.caller = caller
        id = RequestID()
        idText = id.description
        let parent =
            head.headers.first(name: "traceparent").flatMap(TraceContext.init(traceparent:))
            ?? head.headers.first(name: "x-amzn-trace-id").flatMap(TraceContext.init(amazon:))
        let cause = caller.cause
        trace = (parent ?? cause?.trace)?.child() ?? TraceContext()
        lineage = cause?.lineage ?? LineageID()
    }
}
