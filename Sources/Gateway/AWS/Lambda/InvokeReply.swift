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
        case .throttled(let throttle): return throttled(throttle, request)
        case .refused(let refusal): return refused(refusal, request)
        case .unavailable(let failure): return unavailable(failure, request)
        }
        reply.add("X-Amz-Executed-Version", "\(result.executedVersion)")
        if let tail = result.logTail { reply.add("X-Amz-Log-Result", Base64.encode(tail)) }
        return reply
    }

    static func empty(_ status: HTTPStatus, _ request: HTTPRequest) -> HTTPReply {
        reply(status, request, body: nil)
    }

    static func accepted(_ outcome: EventInvocations.Acceptance, _ request: HTTPRequest) -> HTTPReply {
        switch outcome {
        case .accepted: empty(.accepted, request)
        case .full(let limit):
            error(
                .tooManyRequests, "TooManyRequestsException",
                "The queue of asynchronous calls is full (\(limit) items); retry later.", request,
                [("Reason", "CallerRateLimitExceeded")])
        case .refused(let refusal): refused(refusal, request)
        case .failed(let reason):
            error(
                .internalServerError, "ServiceException",
                "The call was not accepted, because it could not be stored: \(reason)", request)
        }
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

    private static func throttled(_ throttle: Throttle, _ request: HTTPRequest) -> HTTPReply {
        let (reason, message) =
            switch throttle {
            case .account(let limit):
                ("ConcurrentInvocationLimitExceeded", "Rate Exceeded. The account's concurrency of \(limit) is in use.")
            case .reserved(let limit):
                (
                    "ReservedFunctionConcurrentInvocationLimitExceeded",
                    "Rate Exceeded. The function's reserved concurrency of \(limit) is in use."
                )
            case .host(let budget, let needed):
                (
                    "ConcurrentInvocationLimitExceeded",
                    "Rate Exceeded. The host lends \(budget) MB to functions, and \(needed) MB more are not free now "
                        + "(raise --memory-budget, or lower the functions' memory)."
                )
            }
        return error(
            .tooManyRequests, "TooManyRequestsException", message, request,
            [("Reason", reason), ("retryAfterSeconds", "1")])
    }

    private static func refused(_ refusal: GovernorRefusal, _ request: HTTPRequest) -> HTTPReply {
        error(
            .tooManyRequests, "TooManyRequestsException", refusal.message, request,
            [("Reason", refusal.code)] + (refusal.isFinal ? [] : [("retryAfterSeconds", "1")]))
    }

    private static func unavailable(_ failure: StartFailure, _ request: HTTPRequest) -> HTTPReply {
        switch failure {
        case .noInterpreter(let runtime):
            error(
                .badGateway, "InvalidRuntimeException",
                "No interpreter for \(runtime) is installed on this host; install it or name a runtime folder "
                    + "(martlet serve --runtimes DIR).", request)
        case .codeUnavailable(let reason):
            error(
                .badGateway, "InvalidZipFileException", "The function's code could not be unpacked: \(reason)", request)
        case .sandbox(let reason):
            error(
                .internalServerError, "ServiceException",
                "No sandbox could be started: \(reason). Run martlet doctor to see what this host lacks.", request)
        case .shuttingDown:
            error(.serviceUnavailable, "ServiceException", "The server is stopping; try again later.", request)
        }
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
