import Core
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix

/// Speaks to the server as any AWS client does: signed requests over HTTP, one connection each.
struct ServiceClient {
    let access: ServerAccess

    /// A request to one service.
    struct Request {
        var service = "lambda"
        var method = HTTPMethod.POST
        /// Path and query, escaped already.
        var target: String
        var headers: [(String, String)] = []
        var body: [UInt8] = []
    }

    /// An answer whose body was read already.
    struct Answer {
        let head: HTTPResponseHead
        let body: [UInt8]

        /// The value of a header.
        func header(_ name: String) -> String? { head.headers.first(name: name) }

        /// The body as JSON.
        func json() throws -> JSON {
            do { return try JSON(parsing: body) } catch { throw ClientError.malformedAnswer }
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>

    /// Sends a request and gathers the answer; an error that the server answers with is thrown.
    func send(_ request: Request) async throws -> Answer {
        var body: [UInt8] = []
        let head = try await send(request) { body += $0.readableBytesView }
        let answer = Answer(head: head, body: body)
        guard (200..<300).contains(Int(head.status.code)) else { throw Self.refusal(answer) }
        return answer
    }

    /// Sends a request and hands out the answer's body piece by piece, as it comes.
    func send(_ request: Request, _ onBody: (ByteBuffer) async throws -> Void) async throws -> HTTPResponseHead {
        let connection = try await connect()
        do {
            return try await exchange(request, on: connection, onBody)
        } catch let error where error is HTTPParserError || error is IOError || error is ChannelError {
            throw ClientError.cutOff
        }
    }

    private func exchange(
        _ request: Request, on connection: Connection, _ onBody: (ByteBuffer) async throws -> Void
    ) async throws -> HTTPResponseHead {
        let (head, body) = signed(request)
        return try await connection.executeThenClose { inbound, outbound in
            // In one write: without a body the head says it all, and the server may have answered and closed already.
            try await outbound.write(contentsOf: [.head(head), .body(body), .end(nil)])
            var answer: HTTPResponseHead?
            for try await part in inbound {
                switch part {
                case .head(let head): answer = head
                case .body(let piece): try await onBody(piece)
                case .end:
                    guard let answer else { throw ClientError.cutOff }
                    return answer
                }
            }
            throw ClientError.cutOff
        }
    }

    private func signed(_ request: Request) -> (HTTPRequestHead, ByteBuffer) {
        var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.target)
        head.headers.add(name: "Host", value: access.authority)
        head.headers.add(name: "Content-Length", value: String(request.body.count))
        for (name, value) in request.headers { head.headers.add(name: name, value: value) }
        let body = ByteBuffer(bytes: request.body)
        RequestSigner(credential: access.credential, region: access.region, service: request.service)
            .sign(&head, body: body, at: .now)
        head.headers.add(name: "User-Agent", value: "martlet")
        head.headers.add(name: "Connection", value: "close")
        return (head, body)
    }

    private func connect() async throws -> Connection {
        do {
            return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(10))
                .connect(host: access.host, port: access.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(PlainParts())
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw ClientError.unreachable(endpoint: access.endpoint, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("Connection refused") || text.contains("errno: 111") { return "nothing listens there" }
        if text.contains("connectTimeout") { return "no answer within ten seconds" }
        return text
    }

    private static func refusal(_ answer: Answer) -> ClientError {
        // What is neither JSON nor XML is no error of ours; then the status says it all.
        let json = try? answer.json()
        let xml = json == nil ? QueryAnswer(answer.body) : nil
        let code =
            answer.header("x-amzn-ErrorType") ?? json?["__type"]?.string ?? xml?.text("Error", "Code")
            ?? "HTTP \(answer.head.status.code)"
        let message =
            json?["message"]?.string ?? json?["Message"]?.string ?? xml?.text("Error", "Message")
            ?? "The server refused."
        return .refused(status: Int(answer.head.status.code), code: code, message: message)
    }
}

/// Turns plain buffers into what NIO's HTTP encoder takes.
private final class PlainParts: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let body): .body(.byteBuffer(body))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
