import NIOCore

/// A connection to the outside that carries one request after the other, and never two at once.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// No request is out: nothing may come.
        case idle
        case head(method: String)
        case body(BodyReader, reusable: Bool)
        /// WebSocket: what comes is passed to the next handler.
        case passing
        case closed
    }

    /// Answers that only precede the answer.
    private static let interimLimit = 16

    let made = NIODeadline.now()
    private let wire: Wire
    /// Whom the answer is for, until it is whole.
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var state = State.idle
    private var received = ByteBuffer()
    private var boundary = HeadBoundary()
    private var interims = 0
    private var isWorking = false
    private(set) var hasHeard = false

    /// Takes whether the connection is a plain one.
    init(isPlain: Bool) { wire = Wire(isPlain: isPlain) }

    /// Whether another request could be sent.
    var isIdle: Bool { if case .idle = state { context?.channel.isActive == true } else { false } }

    var isWritable: Bool { wire.isWritable }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire.opened(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        wire.close()
    }

    /// TLS needs to read before anything is asked.
    func channelActive(context: ChannelHandlerContext) {
        wire.read()
        context.fireChannelActive()
    }

    /// Sends a request's head; its answer goes to the exchange.
    func begin(_ head: ByteBuffer, for exchange: Exchange) {
        guard context != nil, case .idle = state else { return exchange.failed(.noAnswer) }
        self.exchange = exchange
        state = .head(method: exchange.request.method)
        interims = 0
        hasHeard = false
        write(head)
        wire.read()
    }

    func write(_ bytes: ByteBuffer) { wire.write(bytes) }

    func flush() { wire.flush() }

    /// Reads on, if the client can take more.
    func readMore() {
        switch state {
        case .head, .idle: wire.read()
        case .body: if exchange?.clientIsWritable == true { wire.read() }
        case .passing, .closed: break
        }
    }

    /// Ends the connection; nobody is told.
    func close() {
        exchange = nil
        state = .closed
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wire.hasRead()
        if case .passing = state { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        hasHeard = true
        if let refusal = exchange?.call.received(bytes.readableBytes) { return fail(refusal) }
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        work()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .passing = state { return context.fireChannelReadComplete() }
        exchange?.flushClient()
        readMore()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .passing = state { return context.fireChannelWritabilityChanged() }
        if context.channel.isWritable { exchange?.upstreamIsWritable() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        wire.close()
        switch state {
        case .passing: context.fireChannelInactive()
        case .body(let reader, _) where reader.endsWithConnection:
            state = .closed
            exchange?.answerEnded(reusable: false)
        case .head, .body: fail(.noAnswer)
        case .idle, .closed: state = .closed
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .passing = state { return context.fireErrorCaught(error) }
        fail(Dialer.refusal(error) == .tls ? .tls : .noAnswer)
    }

    private func fail(_ refusal: EgressRefusal) {
        let exchange = exchange
        close()
        exchange?.failed(refusal)
    }

    private func work() {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        do throws(HTTPSyntaxError) {
            while try step() {}
        } catch {
            fail(.badAnswer(error))
        }
        // What is read next can go where these bytes lay, if nobody holds on to them.
        if received.readableBytes == 0 { received = ByteBuffer() }
    }

    private func step() throws(HTTPSyntaxError) -> Bool {
        switch state {
        case .idle:
            // A server that speaks without being asked would answer the next request before it was made.
            if received.readableBytes > 0 { close() }
            return false
        case .head(let method): return try takeHead(method)
        case .body(var reader, let reusable):
            let piece = try reader.next(from: &received)
            state = .body(reader, reusable: reusable)
            switch piece {
            case nil: return false
            case .data(let bytes)?: exchange?.answerPiece(bytes)
            case .end?:
                state = reusable ? .idle : .closed
                let exchange = exchange
                self.exchange = nil
                if received.readableBytes > 0 || !reusable { close() }
                exchange?.answerEnded(reusable: isIdle)
            }
            return true
        case .passing, .closed: return false
        }
    }

    private func takeHead(_ method: String) throws(HTTPSyntaxError) -> Bool {
        guard let head = try boundary.take(from: &received) else { return false }
        let response = try ServerResponse(head, method: method)
        if response.isInterim {
            interims += 1
            guard interims <= Self.interimLimit else { throw .startLine }
            exchange?.interim(response)
            return true
        }
        if response.status == 101 {
            guard exchange?.request.upgradesToWebSocket == true, let context else { throw .startLine }
            state = .passing
            let exchange = exchange
            self.exchange = nil
            exchange?.switched(response, rest: received, on: context.channel)
            return false
        }
        state = .body(BodyReader(response.framing), reusable: response.keepsAlive)
        exchange?.answerBegan(response)
        return true
    }
}
