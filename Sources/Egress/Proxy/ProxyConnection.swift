import NIOCore

/// A function's connection to its way out: reads its requests one after the other and answers each.
///
/// What is sent ahead waits its turn (RFC 9112 section 9.3.2) and is not even read before. Nothing is read that has
/// nowhere to go: reading stops where the other side does not take more.
final class ProxyConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case head
        case exchange(Exchange)
        case tunnel(Tunnel)
        /// What comes is passed to the next handler, unread.
        case passing
        /// The last answer is on its way; what still comes is thrown away.
        case closing
    }

    /// Bytes of later requests that may lie here while one is in work.
    private static let aheadLimit = 16 * 1024

    private let surroundings: EgressSurroundings
    private let admission: EgressAdmission
    private var context: ChannelHandlerContext?
    private var state = State.head
    private var received = ByteBuffer()
    private let wire = Wire(isPlain: true)
    private var lastRequest: ProxyRequest?
    private var boundary = HeadBoundary()
    private var isWorking = false
    /// Since when the current state waits for its client.
    private var waiting = NIODeadline.now()
    private var clock: RepeatedTask?
    /// Where the connection to the outside stays that the last answer left.
    var place = KeptPlace()
    /// Whether the client has said that it will send no more.
    private(set) var hasEnded = false

    init(_ surroundings: EgressSurroundings, _ admission: EgressAdmission) {
        self.surroundings = surroundings
        self.admission = admission
    }

    var eventLoop: (any EventLoop)? { context?.eventLoop }
    var isWritable: Bool { wire.isWritable }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire.opened(context)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let tick = surroundings.times.tick
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in bound.value.tick() }
        if context.channel.isActive { begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        self.context = nil
        wire.close()
    }

    func channelActive(context: ChannelHandlerContext) { begin() }

    private func begin() {
        if let limit = admission.exceededLimit {
            record(.crowded(limit: limit), of: nil)
            return refuse(.crowded(limit: limit), keepsAlive: false, method: "")
        }
        wire.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wire.hasRead()
        switch state {
        case .passing: return context.fireChannelRead(data)
        case .closing: return
        case .head, .exchange, .tunnel: break
        }
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 {
            if case .head = state { waiting = .now() }
            received = bytes
        } else {
            received.writeBuffer(&bytes)
        }
        work()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .passing = state { return context.fireChannelReadComplete() }
        readMore()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        switch state {
        case .passing: context.fireChannelWritabilityChanged()
        case .exchange(let exchange): if context.channel.isWritable { exchange.clientCanTakeMore() }
        case .head, .tunnel, .closing: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .passing = state { return context.fireUserInboundEventTriggered(event) }
        guard case ChannelEvent.inputClosed = event else { return }
        hasEnded = true
        if case .exchange(let exchange) = state, exchange.hasWholeRequest { return }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        clock?.cancel()
        wire.close()
        place.drop()
        let last = state
        if case .passing = last { return context.fireChannelInactive() }
        state = .closing
        switch last {
        case .exchange(let exchange): exchange.abandon()
        case .tunnel(let tunnel): tunnel.abandon()
        case .head, .passing, .closing: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .passing = state { return context.fireErrorCaught(error) }
        context.close(promise: nil)
    }

    func write(_ bytes: ByteBuffer) { wire.write(bytes) }

    func flush() { wire.flush() }

    /// Reads on, if what comes has somewhere to go.
    func readMore() {
        switch state {
        case .head, .closing: wire.read()
        case .exchange(let exchange):
            // A little may be sent ahead; reading also is how one hears that the client went away.
            let mayBeAhead = exchange.hasWholeRequest && received.readableBytes < Self.aheadLimit
            if exchange.wantsBody || mayBeAhead { wire.read() }
        case .tunnel(let tunnel): if tunnel.wantsHello { wire.read() }
        case .passing: break
        }
    }

    /// What waits here for its turn can go on: the body of a request, or the first bytes of a tunnel.
    func goOn() {
        work()
        readMore()
    }

    /// Takes requests and bodies off what was received, as far as it goes.
    private func work() {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        do throws(HTTPSyntaxError) {
            while try step() {}
        } catch {
            if case .exchange(let exchange) = state { return exchange.failed(.request(.syntax(error))) }
            deny(.request(.syntax(error)), nil)
        }
        if case .exchange(let exchange) = state { exchange.flushUpstream() }
    }

    private func step() throws(HTTPSyntaxError) -> Bool {
        switch state {
        case .head:
            boundary.skipEmptyLines(in: &received)
            guard let head = try boundary.take(from: &received) else { return false }
            // What is read next can go where these bytes lay, if nobody holds on to them.
            if received.readableBytes == 0 { received = ByteBuffer() }
            admit(head)
            return true
        case .exchange(let exchange):
            // Moved out, because whatever the exchange does may end in this connection again.
            var bytes = received
            received = ByteBuffer()
            try exchange.takeBody(from: &bytes)
            if case .closing = state { return false }
            received = bytes
            if case .head = state { return true }
        case .tunnel(let tunnel): tunnel.takeHello(from: received)
        case .passing, .closing: break
        }
        return false
    }

    private func admit(_ head: MessageHead) {
        let request: ProxyRequest
        do throws(RequestFault) { request = try ProxyRequest(head, after: lastRequest) } catch {
            return deny(.request(error), nil)
        }
        lastRequest = request
        guard let context else { return }
        do throws(EgressRefusal) {
            guard let caller = admission.caller() else { throw .notAssigned }
            let now = NIODeadline.now()
            let permission = try caller.permission(for: request, now: now)
            let call = EgressCall(permission, admission.caller, caller, surroundings, begun: now)
            switch request.kind {
            case .forward(let target):
                let exchange = Exchange(request, target, call, client: self)
                state = .exchange(exchange)
                exchange.start(on: context.eventLoop)
            case .tunnel:
                place.drop()
                let tunnel = Tunnel(call, client: self)
                state = .tunnel(tunnel)
                tunnel.start(on: context.eventLoop)
            }
        } catch {
            deny(error, request)
        }
    }

    /// Refuses what no rule allows, or what cannot be read.
    private func deny(_ refusal: EgressRefusal, _ request: ProxyRequest?) {
        record(refusal, of: request)
        var keepsAlive = false
        if let request, case .forward = request.kind, request.framing == .none { keepsAlive = request.keepsAlive }
        refuse(refusal, keepsAlive: keepsAlive, method: request?.method ?? "")
    }

    private func record(_ refusal: EgressRefusal, of request: ProxyRequest?) {
        let name = admission.caller()?.name ?? ""
        surroundings.record(EgressRecord(refused: refusal, of: request, caller: name))
    }

    /// Says why a request is not served; the connection goes on only if nothing of the request is left on it.
    func refuse(_ refusal: EgressRefusal, keepsAlive: Bool, method: String) {
        let closes = !keepsAlive || hasEnded
        let answer = refusal.answer(closing: closes, withBody: method != "HEAD")
        guard !closes else { return close(after: answer) }
        write(answer)
        flush()
        next()
    }

    /// An exchange is over, and its answer written.
    func ended(keepsAlive: Bool) { if keepsAlive { next() } else { close(after: ByteBuffer()) } }

    /// An answer ended before it was whole, which the client can only see by the end of the connection.
    func broken() {
        state = .closing
        context?.close(promise: nil)
    }

    private func next() {
        state = .head
        waiting = .now()
        goOn()
    }

    /// From now on, bytes are passed both ways and not looked at.
    func pass(to outside: Splice, _ call: EgressCall) {
        guard let context else { return outside.close() }
        state = .passing
        clock?.cancel()
        let inside = Splice(.function, call, admission.open)
        do { try context.pipeline.syncOperations.addHandler(inside) } catch {
            outside.close()
            return context.close(promise: nil)
        }
        Splice.join(inside, outside)
        if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
        received = ByteBuffer()
        inside.start(hasEnded: hasEnded)
        outside.start(hasEnded: false)
    }

    /// Sends last bytes and closes the connection's own half; the rest goes when the client has read them.
    ///
    /// A connection that is closed with unread bytes in it is reset, and its last answer with it.
    func close(after bytes: ByteBuffer) {
        state = .closing
        waiting = .now()
        received = ByteBuffer()
        place.drop()
        flush()
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
        }
        wire.read()
    }

    private func tick() {
        let waited = NIODeadline.now() - waiting
        switch state {
        case .head where received.readableBytes > 0: if waited > surroundings.times.head { deny(.slow, nil) }
        case .head: if waited > surroundings.times.keepAlive { context?.close(promise: nil) }
        case .exchange(let exchange): exchange.tick()
        case .tunnel(let tunnel): tunnel.tick()
        case .closing: if waited > surroundings.times.farewell { context?.close(promise: nil) }
        case .passing: break
        }
        place.dropIfOld()
    }
}
