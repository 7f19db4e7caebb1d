import Glibc
import NIOCore

/// One connection of a sandbox to its door, 127.0.0.1:9001.
///
/// The first bytes tell what it is: Runtime API requests are parsed and answered here; anything else is for the platform's
/// own AWS endpoint, and the connection is handed over with all its bytes. Everything happens on the connection's event loop.
///
/// The sandbox is untrusted: its connections are counted, who does not read its answers is not read from, and nothing is
/// kept of what comes behind a request that was refused.
package final class RuntimeConnection: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What the owner of the sandbox does with requests and with the end of the connection.
    package struct Owner {
        let request: (RuntimeRequest, RuntimeConnection) -> Void
        let closed: (RuntimeConnection) -> Void
        let handOver: (any Channel) -> EventLoopFuture<Void>

        /// Takes three closures, called on the event loop only.
        package init(
            request: @escaping (RuntimeRequest, RuntimeConnection) -> Void,
            closed: @escaping (RuntimeConnection) -> Void,
            handOver: @escaping (any Channel) -> EventLoopFuture<Void>
        ) {
            self.request = request
            self.closed = closed
            self.handOver = handOver
        }
    }

    private let owner: Owner
    private let connections: RuntimeConnections
    private var context: ChannelHandlerContext?
    private var parser = RuntimeRequestParser()
    private var received = ByteBuffer()
    private var outgoing = ByteBuffer()
    private var kind = Kind.unknown
    private var isReading = false
    /// Whether more is read once the answers are taken.
    private var isReadDue = false
    /// Whether the last request was for an event that has not come yet.
    private var awaitsEvent = false
    /// Whether all that is to be written says only that an answer was accepted.
    private var canWait = true
    private var descriptor: NIOBSDSocket.Handle?

    private enum Kind { case unknown, runtime, handedOver, refused }

    /// For a client to read its last answer.
    private static let farewell = TimeAmount.seconds(2)

    /// Serves one accepted connection for `owner`, one of all those of its sandbox.
    package init(owner: Owner, among connections: RuntimeConnections = RuntimeConnections()) {
        self.owner = owner
        self.connections = connections
    }

    /// Bytes that lie here unread.
    var held: Int { received.readableBytes }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        if !connections.opened(context.channel) { context.close(promise: nil) }
    }

    /// Answers one request; answers to requests that came in one read leave in one write.
    ///
    /// A runtime that sends its answer and its request for the next event together is told that the answer was accepted
    /// when that event comes: it waits for both anyway, and is woken once.
    package func answer(_ answer: RuntimeAnswer) {
        switch answer {
        case .accepted: break
        case .event, .refused: (awaitsEvent, canWait) = (false, false)
        }
        answer.write(to: &outgoing)
        if !isReading { flush() }
    }

    /// Whether somebody is still at the other end.
    ///
    /// Asks the kernel: who went away a moment ago may not have been read as gone yet, and an event given to nobody would
    /// wait for its time limit.
    package var isAlive: Bool {
        guard let channel = context?.channel, channel.isActive else { return false }
        guard let descriptor = descriptor(of: channel) else { return true }
        var byte: UInt8 = 0
        // SAFETY: one byte is lent and asked for, and the descriptor is that of an open channel.
        let count = unsafe recv(descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// The channel's descriptor, looked up once: it stays the same while the channel is open.
    private func descriptor(of channel: any Channel) -> NIOBSDSocket.Handle? {
        if descriptor == nil {
            // A channel that cannot lend its descriptor now is one that is being closed.
            descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { $0 }
        }
        return descriptor
    }

    /// Ends the connection from the host's side.
    package func close() { context?.close(promise: nil) }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard kind != .refused else { return }
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        isReading = true
        if kind == .unknown { decideKind(context) }
        if kind == .runtime { readRequests(context) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        if kind == .handedOver { context.fireChannelReadComplete() }
    }

    package func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { isReadDue = true }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isReadDue, context.channel.isWritable {
            isReadDue = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if kind != .handedOver { owner.closed(self) }
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func flush() {
        guard outgoing.readableBytes > 0, !(awaitsEvent && canWait), let context else { return }
        let bytes = outgoing
        outgoing = ByteBuffer()
        canWait = true
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func readRequests(_ context: ChannelHandlerContext) {
        do throws(RuntimeRequestError) {
            while let request = try parser.next(from: &received) {
                // Each would wait for an event of its own, without end.
                guard !awaitsEvent else { return refuse(context) }
                awaitsEvent = request == .next
                owner.request(request, self)
            }
        } catch {
            refuse(context)
        }
    }

    /// Says that nothing more is read, and ends the connection when that had time to arrive.
    private func refuse(_ context: ChannelHandlerContext) {
        kind = .refused
        awaitsEvent = false
        received = ByteBuffer()
        answer(.malformed)
        flush()
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let end = context.eventLoop.scheduleTask(in: Self.farewell) { bound.value.close(promise: nil) }
        context.channel.closeFuture.whenComplete { _ in end.cancel() }
    }

    private func decideKind(_ context: ChannelHandlerContext) {
        let opening = received.getBytes(at: received.readerIndex, length: min(received.readableBytes, 24)) ?? []
        guard let space = opening.firstIndex(of: UInt8(ascii: " ")) else {
            if opening.count == 24 || opening.contains(UInt8(ascii: "\n")) { handOver(context) }
            return
        }
        let path = opening[(space + 1)...]
        let prefix = Array("/2018-06-01/".utf8)
        if path.starts(with: prefix) {
            kind = connections.isRuntime(context.channel) ? .runtime : .refused
            if kind == .refused { refuse(context) }
        } else if path.count >= prefix.count || !prefix.starts(with: path) {
            handOver(context)
        }
    }

    private func handOver(_ context: ChannelHandlerContext) {
        kind = .handedOver
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        owner.handOver(context.channel).whenComplete { result in
            let (connection, context) = loopBound.value
            guard case .success = result else { return context.close(promise: nil) }
            let bytes = connection.received
            connection.received = ByteBuffer()
            context.fireChannelRead(NIOAny(bytes))
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(connection, promise: nil)
        }
    }
}
