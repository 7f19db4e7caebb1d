import Core
import NIOCore
import NIOHTTP1
import Platform
import TestSupport
import Testing

@testable import Gateway

/// What a request belongs to: its caller's trace and lineage, or those of the call that its function works on.
@Suite struct CauseTests {
    private let cause = Cause(descent: Descent(depth: 3), trace: TraceContext())

    private func request(_ headers: HTTPHeaders, _ caller: HTTPRequest.Caller) -> HTTPRequest {
        HTTPRequest(
            head: RequestText(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: headers)),
            body: ByteBuffer(), caller: caller)
    }

    private func function(_ cause: Cause?) async throws -> HTTPRequest.Caller {
        let fixture = LambdaFixture()
        try await fixture.create("f")
        let target = try await fixture.functions.resolve(FunctionReference("f"), in: fixture.account)
        return .function(target.version(), cause: cause)
    }

    @Test func `what a function asks for belongs to the call it works on`() async throws {
        let request = try await request([:], function(cause))
        #expect(request.lineage == cause.descent.lineage)
        #expect(request.descent == cause.descent, "as deep as its cause says, whatever its headers say")
        #expect(request.trace.isSameTrace(as: cause.trace))
        #expect(request.trace.span != cause.trace.span, "it stands for itself in the trace")
    }

    @Test func `a trace that a function names itself is continued, in the lineage of its call`() async throws {
        let own = TraceContext()
        for header in [("traceparent", own.traceparent), ("X-Amzn-Trace-Id", own.amazon)] {
            let request = try await request(HTTPHeaders([header]), function(cause))
            #expect(request.trace.isSameTrace(as: own))
            #expect(request.lineage == cause.descent.lineage)
        }
        let odd = try await request(["traceparent": "00-zz-00-01"], function(cause))
        #expect(odd.trace.isSameTrace(as: cause.trace), "a trace that cannot be read is none")
    }

    @Test func `what a function asks for without any call starts a lineage`() async throws {
        let caller = try await function(nil)
        let (first, second) = (request([:], caller), request([:], caller))
        #expect(first.lineage != second.lineage)
        #expect(!first.trace.isSameTrace(as: second.trace))
    }

    @Test func `nobody else can claim a lineage`() {
        let request = request(["traceparent": cause.trace.traceparent, "lineage": "\(cause.descent.lineage)"], .anyone)
        #expect(request.trace.isSameTrace(as: cause.trace))
        #expect(request.descent.depth == 0 && request.descent.entry == nil)
        #expect(request.lineage != cause.descent.lineage)
    }
}

extension TraceContext {
    fileprivate func isSameTrace(as other: TraceContext) -> Bool {
        traceHigh == other.traceHigh && traceLow == other.traceLow
    }
}
