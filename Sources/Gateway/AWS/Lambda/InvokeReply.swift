import Core
import NIOCore
import Platform

/// Answers to `Invoke`, straight to HTTP: the payload passes through as bytes.
enum InvokeReply {
    static func result(_ result: InvocationResult, _ request: HTTPRequest) -> HTTPReply {
        var reply: HTTPReply
        switch result.outcome {
        case .success(let payload):
            reply = Self.reply(.ok, request, body: payload)
        case .functionError(let payload):
            reply = Self.reply(.ok, request, body: payload)
            reply.add("X-Amz-Function-Error", "Unhandled")
        case .throttled(let throttle): return error(WireError(throttle), request)
        case .refused(let refusal): return error(WireError(refusal), request)
        case .unavailable(let failure): return error(WireError(failure), request)
        }
        reply.add("X-Amz-Executed-Version", "\(result.executedVersion)")
        if let tail = result.logTail { reply.add("X-Amz-Log-Result", Base64.encode(tail)) }
        return reply
    }

    static func empty(_ status: HTTPStatus, _ request: HTTPRequest) -> HTTPReply {
        reply(status, request, body: nil)
    }

    static func accepted(_ outcome: EventInvocations.Acceptance, _ request: HTTPRequest) -> HTTPReply {
        WireError(outcome).map { error($0, request) } ?? empty(.accepted, request)
    }

    static func denied(_ denied: AccessDenied, _ request: HTTPRequest) -> HTTPReply {
        error(.forbidden, "AccessDeniedException", denied.message, request)
    }

    static func refused(_ refusal: InvokeRequest.Refusal, _ request: HTTPRequest) -> HTTPReply {
        switch refusal {
        case .payloadTooLarge(let limit):
            error(
                .payloadTooLarge, "RequestTooLargeException",
                "Request must be smaller than \(limit) bytes for the InvokeFunction operation", request)
        case .clientContextMalformed:
            error(
                .badRequest, "InvalidRequestContentException",
                "Client context must be a valid Base64-encoded JSON object.", request)
        case .invocationTypeUnknown(let value):
            invalid(value, "invocationType", "[RequestResponse, Event, DryRun]", request)
        case .logTypeUnknown(let value): invalid(value, "logType", "[None, Tail]", request)
        }
    }

    private static func invalid(_ value: String, _ member: String, _ values: String, _ request: HTTPRequest)
        -> HTTPReply
    {
        error(
            .badRequest, "ValidationException",
            "1 validation error detected: Value '\(value)' at '\(member)' failed to satisfy constraint: "
                + "Member must satisfy enum value set: \(values)", request)
    }

    private static func error(_ error: WireError, _ request: HTTPRequest) -> HTTPReply {
        let details = error.details.members.map { ($0.name, $0.value.string ?? "") }
        return Self.error(HTTPStatus(error.status ?? 400), error.code, error.message, request, details)
    }

    private static func error(
        _ status: HTTPStatus, _ code: String, _ message: String, _ request: HTTPRequest,
        _ details: [(String, String)] = []
    ) -> HTTPReply {
        var object = JSONObject([("Type", .string("User")), ("message", .string(message))])
        for (name, value) in details { object[name] = .string(value) }
        var reply = reply(status, request, body: ByteBuffer(bytes: JSON.object(object).serialized))
        reply.add("x-amzn-ErrorType", code)
        return reply
    }

    private static func reply(_ status: HTTPStatus, _ request: HTTPRequest, body: ByteBuffer?) -> HTTPReply {
        var reply = HTTPReply(status, body: body ?? ByteBuffer())
        if body != nil { reply.add("Content-Type", "application/json") }
        reply.addIdentity(of: request)
        return reply
    }
}
