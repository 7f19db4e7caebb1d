import Core
import NIOCore

/// A whole answer to an HTTP request; its head is bytes already, so that nothing is gathered first and copied then.
struct HTTPReply: Sendable {
    let status: HTTPStatus
    private var head: ByteBuffer
    private let body: ByteBuffer

    /// Bodies up to this size leave in one piece with the head.
    private static let smallBody = 16 * 1024

    /// Takes the body; lengths are added when the answer is written.
    init(_ status: HTTPStatus, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.body = body
        head = ByteBufferAllocator().buffer(capacity: 640 + min(body.readableBytes, Self.smallBody))
        head.write(upTo: 64) { text in
            text.put("HTTP/1.1 ")
            text.put(status.line)
        }
    }

    /// Adds the lines that every answer of an operation has: which request it answers, where in a trace, and when.
    mutating func addIdentity(of request: HTTPRequest) {
        let (id, trace) = (request.id.words, request.trace)
        let date = HTTPDate.now
        head.write(upTo: 384) { text in
            text.put("x-amzn-RequestId: ")
            text.put(uuid: id.high, id.low)
            text.put("\r\nX-Amzn-Trace-Id: Root=1-")
            text.put(digits: UInt32(truncatingIfNeeded: trace.traceHigh >> 32))
            text.put("-")
            text.put(digits: UInt32(truncatingIfNeeded: trace.traceHigh))
            text.put(digits: trace.traceLow)
            text.put(";Parent=")
            text.put(digits: trace.span)
            text.put(trace.sampled ? ";Sampled=1\r\ntraceparent: 00-" : ";Sampled=0\r\ntraceparent: 00-")
            text.put(digits: trace.traceHigh)
            text.put(digits: trace.traceLow)
            text.put("-")
            text.put(digits: trace.span)
            text.put(trace.sampled ? "-01\r\nDate: " : "-00\r\nDate: ")
            text.put(date)
            text.put("\r\n")
        }
    }

    /// Adds a header whose name is known.
    mutating func add(_ name: StaticString, _ value: String) {
        head.writeStaticString(name)
        addValue(value)
    }

    /// Adds a header; a value stays on its line, whatever is in it.
    mutating func add(name: String, _ value: String) {
        head.writeString(name)
        addValue(value)
    }

    private mutating func addValue(_ value: String) {
        head.writeStaticString(": ")
        if value.isHeaderText {
            head.writeString(value)
        } else {
            head.writeBytes(value.utf8.map { HTTPCharacter.isText($0) ? $0 : HTTPCharacter.space })
        }
        head.writeStaticString("\r\n")
    }

    /// The answer as it goes over the wire; a HEAD request gets everything but the body.
    func bytes(withBody: Bool, closing: Bool = false) -> ByteBuffer {
        var output = head
        let length = status.mayHaveBody ? String(body.readableBytes) : nil
        output.write(upTo: 64) { text in
            if let length {
                text.put("Content-Length: ")
                text.put(length)
                text.put("\r\n")
            }
            text.put(closing ? "Connection: close\r\n\r\n" : "\r\n")
        }
        if withBody, status.mayHaveBody { output.writeImmutableBuffer(body) }
        return output
    }

    /// The head of an answer whose body comes in chunks.
    var streamHead: ByteBuffer {
        var output = head
        output.writeStaticString("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        return output
    }
}

/// A status code and its line (RFC 9110 section 15).
struct HTTPStatus: Sendable, Equatable {
    let code: Int

    static let ok = HTTPStatus(200)
    static let accepted = HTTPStatus(202)
    static let noContent = HTTPStatus(204)
    static let badRequest = HTTPStatus(400)
    static let forbidden = HTTPStatus(403)
    static let requestTimeout = HTTPStatus(408)
    static let payloadTooLarge = HTTPStatus(413)
    static let tooManyRequests = HTTPStatus(429)
    static let headerTooLarge = HTTPStatus(431)
    static let internalServerError = HTTPStatus(500)
    static let badGateway = HTTPStatus(502)
    static let serviceUnavailable = HTTPStatus(503)

    /// Any code of three digits.
    init(_ code: Int) { self.code = code }

    var mayHaveBody: Bool { code >= 200 && code != 204 && code != 304 }

    /// Code, reason and line end.
    var line: String {
        switch code {
        case 200: "200 OK\r\n"
        case 202: "202 Accepted\r\n"
        default: "\(code) \(Self.reasons[code] ?? "Unnamed")\r\n"
        }
    }

    private static let reasons = [
        201: "Created", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict",
        410: "Gone", 412: "Precondition Failed", 413: "Content Too Large", 415: "Unsupported Media Type",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    ]
}

extension String {
    /// Whether it may stand in a header as it is.
    fileprivate var isHeaderText: Bool {
        let bytes = utf8Span.span
        return HTTPCharacter.textEnd(bytes, from: 0) == bytes.count
    }
}
