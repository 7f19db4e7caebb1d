import Glibc
import NIOCore

/// One end of two connections that pass each other's bytes on, untouched.
///
/// Reads only while the other end takes more; passes the end of one direction on without ending the other. Two plain
/// connections over which much has gone are left to the kernel, which moves bytes without copying them out.
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
    /// Where the function's connection is counted.
    private let open: OpenConnections?
    private let made = NIODeadline.now()
    /// What must not come from outside.
    private var echoes: EchoWatch
    private var context: ChannelHandlerContext?
    private var peer: Splice?
    /// What came before the two were joined.
    private var early: [ByteBuffer] = []
    private var hasEnded = false
    private var isBroken = false
    /// Kept when everything written here has been sent.
    private var lastWrite: EventLoopFuture<Void>?
    private var clock: RepeatedTask?
    private var passed = 0
    /// Whether nothing more is read here, because the kernel is to go on as soon as everything is sent.
    private var isLeaving = false
    /// Whether that was so at the last look at the clock.
    private var wasLeaving = false
    /// What goes on in the kernel; the function's end has it.
    private var kernel: KernelSplice?

    /// Bytes after which connections are left to the kernel; more each time that they could not be.
    private var much = 1 << 20

    init(_ side: Side, _ call: EgressCall, _ open: OpenConnections? = nil, echoes: EchoWatch = EchoWatch([])) {
        self.side = side
        self.call = call
        self.open = open
        self.echoes = echoes
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
        guard let kernel else { return }
        self.kernel = nil
        kernel.cut()
        call.caller.usage.disconnected()
        open?.closed()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if peer == nil { early.append(bytes) } else { pass(bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        peer?.context?.flush()
        if isLeaving { settle() } else { readMore() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { peer?.readMore() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        hasEnded = true
        passRest()
        peer?.endOutput()
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let peer else { return }
        passRest()
        if isBroken { finish(.passed) } else { peer.closeAfterLastWrite() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.close(promise: nil)
    }

    private func pass(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        if let refusal = side == .function ? call.sent(count) : call.received(count) { return fail(refusal) }
        guard let bytes = echoes.pass(bytes) else { return fail(.echo) }
        guard let context = peer?.context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
        passed += count
        if passed >= much, !isLeaving, call.attempt.way != .originated { leave() }
    }

    /// What was held back for what might have come behind it.
    private func passRest() {
        guard !echoes.isIdle else { return }
        peer?.context?.write(wrapOutboundOut(echoes.end()), promise: nil)
    }

    private func readMore() {
        guard !isLeaving, let peer, peer.context?.channel.isWritable == true, side == .outside || !call.isBehind else {
            return
        }
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

    /// Reads no more, so that the kernel can go on once all is sent that was read.
    private func leave() {
        isLeaving = true
        peer?.isLeaving = true
    }

    /// Lets the kernel go on, if all is sent; waits for what is not.
    private func settle() {
        guard isLeaving, let peer, let context, let other = peer.context else { return }
        guard !hasEnded, !peer.hasEnded, lastWrite == nil, peer.lastWrite == nil else { return stay() }
        let waiting = [context, other].filter {
            // A channel that does not know has nothing waiting that could be waited for.
            (try? $0.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 > 0
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        if let first = waiting.first {
            first.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.settle() }
        } else {
            side == .function ? takeOver(context, other) : peer.takeOver(other, context)
        }
    }

    private func stay() {
        for end in [self, peer].compactMap({ $0 }) {
            end.isLeaving = false
            end.much = 2 * max(end.much, end.passed)
        }
        peer?.readMore()
        readMore()
    }

    /// Hands both connections, of which nothing waits here, to the kernel.
    ///
    /// The channels go; the connections stay open.
    private func takeOver(_ inside: ChannelHandlerContext, _ outside: ChannelHandlerContext) {
        let loop = inside.eventLoop
        guard let pump = SplicePump.next, let function = Self.copy(inside) else { return stay() }
        guard let outer = Self.copy(outside) else {
            _ = Glibc.close(function)
            return stay()
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let kernel = KernelSplice(
            function: function, outside: outer,
            call.terms { ending in loop.execute { bound.value.kernelEnded(ending) } })
        self.kernel = kernel
        call.goesOn(in: kernel)
        call.caller.usage.stays()
        open?.opened()
        peer?.peer = nil
        peer = nil
        inside.close(promise: nil)
        outside.close(promise: nil)
        if !pump.add(kernel) { finish(.passed) }
    }

    /// A descriptor of the connection's own, if the channel is nothing but a socket.
    private static func copy(_ context: ChannelHandlerContext) -> CInt? {
        // The channel that is closed has none.
        let copy = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { socket in
            fcntl(socket, F_DUPFD_CLOEXEC, 0)
        }
        return copy.flatMap { $0 < 0 ? nil : $0 }
    }

    private func kernelEnded(_ ending: KernelSplice.Ending) {
        guard kernel != nil else { return }
        switch ending {
        case .passed: finish(.passed)
        case .limit(let limit): fail(.limit(limit))
        }
    }

    private func fail(_ refusal: EgressRefusal) { finish(.broken(refusal)) }

    /// Ends both; what was written to the other end before is sent by it as long as it is open.
    private func finish(_ outcome: EgressOutcome) {
        if let kernel { call.passed(kernel.bytes) }
        call.end(outcome)
        close()
    }

    private func tick() {
        if let kernel {
            call.passed(kernel.bytes)
            kernel.tick()
        } else if isLeaving, wasLeaving {
            // What is not taken there may be so because nothing is taken here.
            stay()
        }
        wasLeaving = isLeaving
        if let refusal = call.tick(connectedSince: made) { fail(refusal) }
    }
}
