import NIOCore
import NIOHTTP1

/// One HTTP connection: gathers whole requests, within bounds, and writes whole answers.
///
/// HTTP/1.1 parsing and pipelining are NIO's; a connection works on one request at a time.
final class FrontHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a request body: a 50 MB zip file in base64, and its JSON around it.
    static let bodyLimit = 70 * 1024 * 1024

    private enum State {
        case idle
        case gathering(HTTPRequestHead, ByteBuffer)
        case refused
        case answering(keepAlive: Bool)
        case streaming
    }

    private let front: Front
    private let caller: () -> HTTPRequest.Caller
    private var context: ChannelHandlerContext?
    private var state = State.idle

    init(front: Front, caller: @escaping () -> HTTPRequest.Caller) {
        self.front = front
        self.caller = caller
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes): gather(bytes, context)
        case .end: end(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        releaseBuffered()
        state = .refused
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Writes the answer to the request in work.
    func answer(_ reply: HTTPReply) {
        guard let context, case .answering(let keepAlive) = state else { return }
        state = .idle
        write(reply, keepAlive: keepAlive, context)
    }

    /// Begins an answer whose body comes piece by piece, in chunks; `send` and `finish` follow.
    func beginStream(_ reply: HTTPReply) {
        guard let context, case .answering = state else { return }
        state = .streaming
        let head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: reply.headers)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Sends a piece; false where nobody listens any more, or the listener is so slow that its pieces pile up.
    func send(_ piece: ByteBuffer) -> Bool {
        guard let context, case .streaming = state, context.channel.isWritable else { return false }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
        return true
    }

    /// Ends a streamed answer, and the connection with it.
    func finish() {
        guard let context, case .streaming = state else { return }
        state = .refused
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in loopBound.value.close(promise: nil) }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard announced <= Self.bodyLimit else { return refuse(head, .tooLarge, context) }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
        state = .gathering(head, ByteBuffer())
    }

    private func gather(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .gathering(let head, var body) = state else { return }
        state = .idle
        guard body.readableBytes + bytes.readableBytes <= Self.bodyLimit else {
            return refuse(head, .tooLarge, context)
        }
        guard front.reserve(bytes.readableBytes) else {
            front.release(body.readableBytes)
            return refuse(head, .busy, context)
        }
        if body.readableBytes == 0 {
            body = bytes
        } else {
            body.writeImmutableBuffer(bytes)
        }
        state = .gathering(head, body)
    }

    private func end(_ context: ChannelHandlerContext) {
        guard case .gathering(let head, let body) = state else { return }
        front.release(body.readableBytes)
        state = .answering(keepAlive: head.isKeepAlive)
        front.handle(HTTPRequest(head: head, body: body, caller: caller()), for: self)
    }

    private func releaseBuffered() {
        if case .gathering(_, let body) = state { front.release(body.readableBytes) }
    }

    private func refuse(_ head: HTTPRequestHead, _ refusal: FrontRefusal, _ context: ChannelHandlerContext) {
        state = .refused
        write(refusal.reply, keepAlive: false, context)
    }

    private func write(_ reply: HTTPReply, keepAlive: Bool, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: reply.headers)
        if reply.status.mayHaveResponseBody {
            head.headers.add(name: "Content-Length", value: String(reply.body.readableBytes))
        }
        if !keepAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if reply.body.readableBytes > 0, reply.status.mayHaveResponseBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(reply.body))), promise: nil)
        }
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard !keepAlive else { return }
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        end.whenComplete { _ in loopBound.value.close(promise: nil) }
    }
}

/// Why a connection's request is refused before it is whole.
enum FrontRefusal {
    case tooLarge
    case busy

    var reply: HTTPReply {
        switch self {
        case .tooLarge:
            Self.reply(
                .payloadTooLarge, "RequestEntityTooLargeException",
                "The request body is larger than \(FrontHandler.bodyLimit) bytes.")
        case .busy:
            Self.reply(
                .tooManyRequests, "TooManyRequestsException", "The server holds too many large requests; try again.")
        }
    }

    private static func reply(_ status: HTTPResponseStatus, _ code: String, _ message: String) -> HTTPReply {
        HTTPReply(
            status: status, headers: ["Content-Type": "application/json", "x-amzn-ErrorType": code],
            body: ByteBuffer(string: #"{"__type":"\#(code)","Type":"User","message":"\#(message)"}"#))
    }
}
