import Core
import NIOCore

/// What the platform answers on the Runtime API, as bytes.
package enum RuntimeAnswer {
    /// The event to work on; `NextEvent` knows its headers.
    case event(NextEvent)
    case accepted
    case refused(status: Int, type: String, message: String)

    /// Appends the answer to `buffer`.
    package func write(to buffer: inout ByteBuffer) {
        switch self {
        case .event(let event): event.write(to: &buffer)
        case .accepted:
            buffer.writeStaticString(
                "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"
            )
        case .refused(let status, let type, let message):
            let body = #"{"errorMessage":"\#(message)","errorType":"\#(type)"}"#
            buffer.writeString(
                "HTTP/1.1 \(status) Refused\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            )
            buffer.writeString(body)
        }
    }

    package static let invalidRequestID = refused(
        status: 400, type: "InvalidRequestID", message: "Invalid request ID")
    package static let invalidTransition = refused(
        status: 403, type: "InvalidStateTransition", message: "State transition is not allowed")
    package static let tooLarge = refused(
        status: 413, type: "RequestEntityTooLarge",
        message: "Exceeded maximum allowed payload size (\(RuntimeRequestParser.bodyLimit) bytes).")
    package static let unknown = refused(status: 404, type: "NotFound", message: "The Runtime API has no such path")
    package static let malformed = refused(
        status: 400, type: "MalformedRequest", message: "The request is not valid HTTP")
}

/// One event as the runtime gets it: the body is passed on byte for byte.
package struct NextEvent: Sendable {
    package var requestID: String
    package var deadline: Instant
    package var functionARN: String
    package var trace: String
    package var clientContext: String?
    package var payload: ByteBuffer

    /// Names an event.
    package init(
        requestID: String, deadline: Instant, functionARN: String, trace: String, clientContext: String?,
        payload: ByteBuffer
    ) {
        self.requestID = requestID
        self.deadline = deadline
        self.functionARN = functionARN
        self.trace = trace
        self.clientContext = clientContext
        self.payload = payload
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        buffer.writeStaticString(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ")
        buffer.writeString(requestID)
        buffer.writeStaticString("\r\nLambda-Runtime-Deadline-Ms: ")
        buffer.writeString(String(deadline.milliseconds))
        buffer.writeStaticString("\r\nLambda-Runtime-Invoked-Function-Arn: ")
        buffer.writeString(functionARN)
        buffer.writeStaticString("\r\nLambda-Runtime-Trace-Id: ")
        buffer.writeString(trace)
        if let clientContext {
            buffer.writeStaticString("\r\nLambda-Runtime-Client-Context: ")
            buffer.writeString(clientContext)
        }
        buffer.writeStaticString("\r\nContent-Length: ")
        buffer.writeString(String(payload.readableBytes))
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeImmutableBuffer(payload)
    }
}
