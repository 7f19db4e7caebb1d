import NIOCore

/// One end of two connections that pass each other's bytes on, untouched.
///
/// Reads only while the other end takes more; passes the end of one direction on without ending the other.
final class Splice: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Which of the two ends.
    enum Side {
        case function
        case outside
    }

    private let side: Side
    private let call: EgressCall
    private let made = NIODeadline.now()
    private var context: ChannelHandlerContext?
    private var peer: Splice?
    /// What came before the two were joined.
    private var early: [ByteBuffer] = []
    private var hasEnded = false
    private var isBroken = false
    /// Kept when everything written here has been sent.
    private var lastWrite: EventLoopFuture<Void>?
    private var clock: RepeatedTask?

    init(_ side: Side, _ call: EgressCall) {
        self.side = side
        self.call = call
    }

    /// Joins two ends, which then have to be started.
    static func join(_ inside: Splice, _ outside: Splice) {
        inside.peer = outside
        outside.peer = inside
        inside.call.isEnded { [weak inside] in inside?.fail($0) }
        inside.call.resumes { [weak inside] in inside?.readMore() }
        guard let loop = inside.context?.eventLoop else { return }
        let bound = NIOLoopBound(inside, eventLoop: loop)
        let tick = inside.call.surroundings.times.tick
        inside.clock = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in bound.value.tick() }
    }

    /// Passes on what is here already, and begins to read.
    func start(hasEnded: Bool) {
        for bytes in early { pass(bytes) }
        early = []
        peer?.context?.flush()
        guard let context, context.channel.isActive else { return finish(.passed) }
        if hasEnded || self.hasEnded { peer?.endOutput() }
        readMore()
    }

    /// Ends both connections.
    func close() {
        clock?.cancel()
        let peer = peer
        self.peer = nil
        context?.close(promise: nil)
        peer?.close()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if peer == nil { early.append(bytes) } else { pass(bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        peer?.context?.flush()
        readMore()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { peer?.readMore() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        hasEnded = true
        peer?.endOutput()
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let peer else { return }
        if isBroken { finish(.passed) } else { peer.closeAfterLastWrite() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.close(promise: nil)
    }

    private func pass(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        if let refusal = side == .function ? call.sent(count) : call.received(count) { return fail(refusal) }
        guard let context = peer?.context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func readMore() {
        guard let peer, peer.context?.channel.isWritable == true, side == .outside || !call.isBehind else { return }
        context?.read()
    }

    private func endOutput() {
        guard let context, lastWrite == nil else { return }
        let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
        lastWrite = written
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
    }

    /// The other connection is gone in good order: what came from it is still sent.
    private func closeAfterLastWrite() {
        endOutput()
        guard let context, let lastWrite else { return finish(.passed) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        lastWrite.whenComplete { _ in bound.value.finish(.passed) }
    }

    private func fail(_ refusal: EgressRefusal) { finish(.broken(refusal)) }

    /// Ends both; what was written to the other end before is sent by it as long as it is open.
    private func finish(_ outcome: EgressOutcome) {
        call.end(outcome)
        close()
    }

    private func tick() { if let refusal = call.tick(connectedSince: made) { fail(refusal) } }
}
