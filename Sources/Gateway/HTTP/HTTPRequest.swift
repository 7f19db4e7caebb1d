import Core
import NIOCore

/// A whole HTTP request, as the gateway handles it.
///
/// Shared by reference: it goes through many hands, and a copy of what it holds would cost a dozen counts each time.
final class HTTPRequest: Sendable {
    let head: RequestText
    let body: ByteBuffer
    /// Who is at the other end, as far as the socket tells.
    let caller: Caller
    /// Where the request came from; `nil` where the socket is a sandbox's own.
    let source: SocketAddress?
    let id: RequestID
    let trace: TraceContext
    /// Where it stands in its lineage.
    let descent: Descent

    var lineage: LineageID { descent.lineage }

    /// What the socket tells of the caller before any signature is looked at.
    enum Caller: Sendable {
        /// Somebody who must sign.
        case anyone
        /// A function, known by the sandbox whose door this is.
        ///
        /// The cause is the call that it works on, or that it worked on last.
        case function(FunctionVersion, cause: Cause?)

        var cause: Cause? { if case .function(_, let cause) = self { cause } else { nil } }
    }

    /// Continues the trace that the headers or else the caller's own cause name, or starts one; so with the lineage.
    init(head: RequestText, body: ByteBuffer, caller: Caller, source: SocketAddress? = nil) {
        self.head = head
        self.body = body
        self.caller = caller
        if case .anyone = caller { self.source = source } else { self.source = nil }
        id = RequestID()
        let parent =
            head.header("traceparent").flatMap(TraceContext.init(traceparent:))
            ?? head.header("x-amzn-trace-id").flatMap(TraceContext.init(amazon:))
        let cause = caller.cause
        trace = (parent ?? cause?.trace)?.child() ?? TraceContext()
        descent = cause?.descent ?? Descent()
    }
}
