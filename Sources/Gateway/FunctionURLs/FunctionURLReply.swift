import Core
import NIOCore
import Platform

/// Answers to requests to function URLs, as HTTP.
enum FunctionURLReply {
    /// Nobody with this URL, or nobody who may: the two look alike.
    static func forbidden(_ request: HTTPRequest) -> HTTPReply {
        refusal(.forbidden, "AccessDeniedException", "Forbidden", request)
    }

    /// The caller has not proven who it is.
    static func unproven(_ error: AuthenticationError, _ request: HTTPRequest) -> HTTPReply {
        guard error != .missing else {
            return refusal(.forbidden, "MissingAuthenticationTokenException", "Forbidden", request)
        }
        let wire = error.wire(.restJSON)
        return refusal(.forbidden, wire.code, wire.message, request)
    }

    /// The event would be larger than an event may be.
    static func tooLarge(_ request: HTTPRequest) -> HTTPReply {
        refusal(
            .payloadTooLarge, "RequestEntityTooLargeException",
            "Request must be smaller than \(InvokeRequest.synchronousLimit) bytes for the InvokeFunctionUrl operation",
            request)
    }

    /// The answer to a browser that asks what a page may do.
    static func question(_ url: FunctionURL, _ request: HTTPRequest) -> HTTPReply {
        var reply = head(.ok, request, body: ByteBuffer())
        for (name, value) in FunctionURLSharing(url.cors, request.head)?.questionHeaders ?? [] {
            reply.add(name: name, value)
        }
        return reply
    }

    /// The answer to a call that has ended.
    static func result(_ result: InvocationResult, _ url: FunctionURL?, _ request: HTTPRequest) -> HTTPReply {
        let sharing = FunctionURLSharing(url?.cors, request.head)
        var reply: HTTPReply
        switch result.outcome {
        case .success(let payload):
            if let answer = FunctionURLAnswer(Array(payload.readableBytesView)) {
                reply = head(HTTPStatus(answer.status), request, body: ByteBuffer(bytes: answer.body))
                for header in answer.headers where sharing == nil || !FunctionURLSharing.names.contains(header.name) {
                    reply.add(name: header.name, header.value)
                }
            } else {
                reply = failure(request)
            }
        case .functionError: reply = failure(request)
        case .throttled, .refused, .unavailable: reply = InvokeReply.result(result, request)
        }
        for (name, value) in sharing?.headers ?? [] { reply.add(name: name, value) }
        return reply
    }

    /// The function failed, or returned what is no answer: AWS says no more, the function's log does.
    private static func failure(_ request: HTTPRequest) -> HTTPReply {
        var reply = head(.badGateway, request, body: ByteBuffer(string: "Internal Server Error"))
        reply.add("Content-Type", "application/json")
        return reply
    }

    private static func refusal(
        _ status: HTTPStatus, _ code: String, _ message: String, _ request: HTTPRequest
    ) -> HTTPReply {
        let object: JSON = ["Message": .string(message)]
        var reply = head(status, request, body: ByteBuffer(bytes: object.serialized))
        reply.add("Content-Type", "application/json")
        reply.add("x-amzn-ErrorType", code)
        return reply
    }

    private static func head(_ status: HTTPStatus, _ request: HTTPRequest, body: ByteBuffer) -> HTTPReply {
        var reply = HTTPReply(status, body: body)
        reply.add("x-amzn-RequestId", request.id.description)
        reply.add("X-Amzn-Trace-Id", request.trace.amazon)
        reply.add("Date", HTTPDate.now)
        return reply
    }
}
