import NIOCore

/// What a runtime asks of the Lambda Runtime API, version 2018-06-01.
///
/// Source: AWS Lambda developer guide, "Using the Lambda runtime API".
package enum RuntimeRequest: Equatable, Sendable {
    /// Waits for the next event.
    case next
    /// The answer to the invocation `id`.
    case response(id: String, body: ByteBuffer)
    /// The answer was larger than `RuntimeRequestParser.bodyLimit`; its bytes were thrown away.
    case oversizedResponse(id: String, size: Int)
    /// The handler failed.
    case invocationError(id: String, type: String?, body: ByteBuffer)
    /// The runtime could not start.
    case initError(type: String?, body: ByteBuffer)
    /// A well-formed request for something this API does not have.
    case unknown
}

/// Why the bytes of a runtime are not a request; the connection is answered 400 and closed.
package enum RuntimeRequestError: Error, Equatable, Sendable {
    case headTooLarge(limit: Int)
    case malformedRequestLine
    case malformedHeader
    case ambiguousLength
    case malformedChunk
}
