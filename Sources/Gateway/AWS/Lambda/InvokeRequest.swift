import Core
import NIOCore

/// What a caller of `Invoke` asks for beside the function itself.
///
/// Source: AWS Lambda API reference, `Invoke`.
struct InvokeRequest: Sendable {
    enum Kind: Sendable { case requestResponse, event, dryRun }

    /// Why a well-formed call is not run.
    enum Refusal: Sendable {
        case payloadTooLarge(limit: Int)
        case clientContextMalformed
        case invocationTypeUnknown(String)
        case logTypeUnknown(String)
    }

    /// Bytes of an event: AWS's bounds for synchronous and asynchronous calls.
    static let synchronousLimit = 6 * 1024 * 1024
    static let asynchronousLimit = 1024 * 1024
    private static let clientContextLimit = 3583

    let kind: Kind
    let payload: ByteBuffer
    let clientContext: String?
    let wantsLogTail: Bool
    let refusal: Refusal?

    /// Whether a request is a call of a function, told by method and raw path alone.
    static func isInvoke(_ head: RequestText) -> Bool {
        head.part(head.method, is: "POST") && head.part(head.path, hasPrefix: prefix)
            && head.part(head.path, hasSuffix: suffix)
    }

    /// The function that a call names by its bare name, without a qualifier or anything that must be decoded.
    static func bareName(_ head: RequestText) -> FunctionName? {
        let start = head.path.lowerBound + prefix.utf8CodeUnitCount
        let end = head.path.upperBound - suffix.utf8CodeUnitCount
        guard head.query == nil, start < end else { return nil }
        // What is no name is for the router to read, or to refuse.
        return try? FunctionName(head.text(start..<end))
    }

    private static let prefix: StaticString = "/2015-03-31/functions/"
    private static let suffix: StaticString = "/invocations"

    init(_ request: HTTPRequest) {
        let head = request.head
        var refusal: Refusal?
        switch head.header("x-amz-invocation-type") {
        case nil, "RequestResponse": kind = .requestResponse
        case "Event": kind = .event
        case "DryRun": kind = .dryRun
        case let other?:
            kind = .dryRun
            refusal = .invocationTypeUnknown(other)
        }
        switch head.header("x-amz-log-type") {
        case nil, "None": wantsLogTail = false
        case "Tail": wantsLogTail = true
        case let other?:
            wantsLogTail = false
            refusal = .logTypeUnknown(other)
        }
        payload = request.body.readableBytes == 0 ? ByteBuffer(staticString: "{}") : request.body
        let limit = kind == .event ? Self.asynchronousLimit : Self.synchronousLimit
        if payload.readableBytes > limit { refusal = .payloadTooLarge(limit: limit) }
        if let encoded = head.header("x-amz-client-context") {
            clientContext = Self.clientContext(encoded)
            if clientContext == nil { refusal = .clientContextMalformed }
        } else {
            clientContext = nil
        }
        self.refusal = refusal
    }

    /// A client context is a JSON object in base64; it goes on as one header line, so no line break may be in it.
    static func clientContext(_ encoded: String) -> String? {
        guard encoded.utf8.count <= clientContextLimit, let bytes = Base64.decode(encoded) else { return nil }
        // Whatever the fault, it is malformed.
        guard let json = try? JSON(parsing: bytes), json.object != nil else { return nil }
        return json.text
    }
}
