import NIOCore

/// Why a connection is refused before there is a request to answer.
enum FrontRefusal {
    case malformed(RequestSyntaxError)
    case tooLarge
    case busy
    case slow
    case crowded

    init(_ error: RequestSyntaxError) { self = .malformed(error) }

    var reply: HTTPReply {
        switch self {
        case .malformed(.headTooLarge(let limit)):
            Self.reply(
                .headerTooLarge, "RequestHeaderSectionTooLarge", "Request line and headers exceed \(limit) bytes.")
        case .malformed(let error): Self.reply(.badRequest, "BadRequest", Self.words(error))
        case .tooLarge:
            Self.reply(
                .payloadTooLarge, "RequestEntityTooLargeException",
                "The request body is larger than \(FrontConnection.bodyLimit) bytes.")
        case .busy:
            Self.reply(
                .tooManyRequests, "TooManyRequestsException", "The server holds too many large requests; try again.")
        case .slow: Self.reply(.requestTimeout, "RequestTimeout", "The request did not come in time.")
        case .crowded:
            Self.reply(.tooManyRequests, "TooManyRequestsException", "The server has too many connections; try again.")
        }
    }

    private static func words(_ error: RequestSyntaxError) -> String {
        switch error {
        case .requestLine: "The request line is not valid: METHOD /path HTTP/1.1."
        case .version: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .header, .headTooLarge: "A header line is not valid."
        case .host: "A request must have exactly one Host header."
        case .ambiguousLength: "The length of the body is not clear: one Content-Length, or chunked alone."
        case .chunk: "The chunks of the body are not valid."
        }
    }

    private static func reply(_ status: HTTPStatus, _ code: String, _ message: String) -> HTTPReply {
        let body = ByteBuffer(string: #"{"__type":"\#(code)","Type":"User","message":"\#(message)"}"#)
        var reply = HTTPReply(status, body: body)
        reply.add("Content-Type", "application/json")
        reply.add("x-amzn-ErrorType", code)
        return reply
    }
}
