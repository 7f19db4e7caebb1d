import Core
import NIOCore

/// One HTTP connection: gathers whole requests, within bounds, and writes whole answers.
///
/// It works on one request at a time; what a client sends ahead waits, and is not even read beyond a bound.
/// Lives on the pool's event loop.
final class FrontConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of a request body: a 50 MB zip file in base64, and its JSON around it.
    static let bodyLimit = 70 * 1024 * 1024
    /// Bytes of a request line and its headers.
    static let headLimit = 64 * 1024
    /// Bytes that may lie here unread while a request is in work.
    private static let aheadLimit = 64 * 1024

    private enum State {
        case head
        case body(RequestText, RequestFraming, RequestBody)
        case answering(keepsAlive: Bool, isHead: Bool)
        case streaming
        /// The last bytes are on their way; what still comes is thrown away.
        case closing
    }

    private let front: Front
    private let caller: () -> HTTPRequest.Caller
    private var context: ChannelHandlerContext?
    private var source: SocketAddress?
    private var state = State.head
    private var received = ByteBuffer()
    /// How far into `received` the end of the head was looked for.
    private var scanned = 0
    private var isWorking = false
    private var holdsRead = false
    private var patience = Patience()

    init(front: Front, caller: @escaping () -> HTTPRequest.Caller) {
        self.front = front
        self.caller = caller
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard !front.admit(self) else { return }
        // Nobody counts its time, so it is not left to its client when it goes.
        state = .closing
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let refusal = FrontRefusal.crowded.reply.bytes(withBody: true, closing: true)
            bound.value.writeAndFlush(NIOAny(refusal)).whenComplete { _ in bound.value.close(promise: nil) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        front.forget(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        source = context.remoteAddress
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if case .closing = state { return }
        patience.heard()
        if received.readableBytes == 0 {
            received = bytes
            scanned = 0
        } else {
            received.writeBuffer(&bytes)
        }
        work()
    }

    func read(context: ChannelHandlerContext) {
        if isAnswering, received.readableBytes >= Self.aheadLimit { holdsRead = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .body(_, _, let body) = state { front.release(body.count) }
        state = .closing
        received = ByteBuffer()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Writes the answer to the request in work.
    func answer(_ reply: HTTPReply) {
        guard let context, case .answering(let keepsAlive, let isHead) = state else { return }
        state = .head
        if keepsAlive {
            context.writeAndFlush(wrapOutboundOut(reply.bytes(withBody: !isHead)), promise: nil)
            work()
        } else {
            close(after: reply.bytes(withBody: !isHead, closing: true), context)
        }
    }

    /// Begins an answer whose body comes piece by piece, in chunks; `send` and `finish` follow.
    func beginStream(_ reply: HTTPReply) {
        guard let context, case .answering = state else { return }
        state = .streaming
        context.writeAndFlush(wrapOutboundOut(reply.streamHead), promise: nil)
    }

    /// Sends a piece; false where nobody listens any more, or the listener is so slow that its pieces pile up.
    func send(_ piece: ByteBuffer) -> Bool {
        guard let context, case .streaming = state, context.channel.isWritable else { return false }
        guard piece.readableBytes > 0 else { return true }
        var chunk = ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(piece)
        chunk.writeStaticString("\r\n")
        context.writeAndFlush(wrapOutboundOut(chunk), promise: nil)
        return true
    }

    /// Ends a streamed answer, and the connection with it.
    func finish() {
        guard let context, case .streaming = state else { return }
        close(after: ByteBuffer(staticString: "0\r\n\r\n"), context)
    }

    /// Time passes: ends a connection whose client lets it wait for too long.
    func tick() {
        switch state {
        case .head where received.readableBytes == 0: if patience.isOver(for: .silence) { context?.close(promise: nil) }
        case .head: if patience.isOver(for: .head) { refuse(.slow) }
        case .body: if patience.isOver(for: .silence) { refuse(.slow) }
        case .answering, .streaming: patience.heard()
        case .closing: if patience.isOver(for: .farewell) { context?.close(promise: nil) }
        }
    }

    private var isAnswering: Bool {
        switch state {
        case .answering, .streaming: true
        case .head, .body, .closing: false
        }
    }

    /// Reads requests off what was received, one after the other, as far as it goes.
    private func work() {
        guard !isWorking, let context else { return }
        isWorking = true
        defer { isWorking = false }
        do {
            var goesOn = true
            while goesOn { goesOn = try step(context) }
        } catch {
            refuse(FrontRefusal(error))
        }
        guard holdsRead, !isAnswering else { return }
        holdsRead = false
        context.read()
    }

    /// Takes the next head or body, if it is whole; false where more bytes or an answer must come first.
    private func step(_ context: ChannelHandlerContext) throws(RequestSyntaxError) -> Bool {
        switch state {
        case .head:
            guard let (head, framing) = try takeHead() else { return false }
            begin(head, framing, context)
            return true
        case .body(let head, let framing, var body):
            // The body is moved out so that its buffer stays uniquely referenced.
            state = .closing
            let before = body.count
            let isWhole: Bool
            do throws(RequestSyntaxError) {
                isWhole = try body.collect(framing.body, from: &received, limit: Self.bodyLimit)
            } catch {
                front.release(before)
                throw error
            }
            guard body.count <= Self.bodyLimit else { return give(up: .tooLarge, holding: before) }
            guard front.reserve(body.count - before) else { return give(up: .busy, holding: before) }
            state = .body(head, framing, body)
            if isWhole {
                front.release(body.count)
                handle(head, framing, body.bytes)
            }
            return isWhole
        case .answering, .streaming, .closing: return false
        }
    }

    private func takeHead() throws(RequestSyntaxError) -> (RequestText, RequestFraming)? {
        guard let length = try headLength(), let slice = received.readSlice(length: length) else { return nil }
        var framing: RequestFraming?
        let head = try RequestText(parsing: slice.readableBytesUInt8Span, framing: &framing)
        guard let framing else { return nil }
        return (head, framing)
    }

    /// Where the head ends; remembers how far it looked, so that slow senders cost no more than fast ones.
    private func headLength() throws(RequestSyntaxError) -> Int? {
        // An empty line before a request line is skipped (RFC 9112 section 2.2).
        while scanned == 0, received.readableBytes >= 2, received.getInteger(at: received.readerIndex) == UInt16(0x0D0A)
        {
            received.moveReaderIndex(forwardBy: 2)
        }
        if let length = Self.headEnd(received.readableBytesUInt8Span, from: scanned) {
            scanned = 0
            guard length <= Self.headLimit else { throw .headTooLarge(limit: Self.headLimit) }
            return length
        }
        guard Self.mayBecomeHead(received.readableBytesUInt8Span) else { throw .requestLine }
        scanned = received.readableBytes
        guard scanned <= Self.headLimit else { throw .headTooLarge(limit: Self.headLimit) }
        return nil
    }

    /// How many bytes a head has that ends in an empty line.
    private static func headEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var from = max(3, start)
        while from < bytes.count {
            let index = bytes.firstIndex(of: HTTPCharacter.lineFeed, in: from..<bytes.count)
            guard index < bytes.count else { return nil }
            if bytes[index - 1] == HTTPCharacter.carriageReturn, bytes[index - 2] == HTTPCharacter.lineFeed {
                return index + 1
            }
            from = index + 1
        }
        return nil
    }

    /// Whether bytes may be the beginning of a request: what is not is refused without waiting for more of it.
    private static func mayBecomeHead(_ bytes: Span<UInt8>) -> Bool {
        // Half of an empty line, which is skipped once it is whole.
        if bytes.count == 1, bytes[0] == HTTPCharacter.carriageReturn { return true }
        let longestMethod = 32
        for index in 0..<min(bytes.count, longestMethod) {
            if bytes[index] == HTTPCharacter.space { return index > 0 }
            guard HTTPCharacter.isToken(bytes[index]) else { return false }
        }
        return bytes.count < longestMethod
    }

    private func begin(_ head: RequestText, _ framing: RequestFraming, _ context: ChannelHandlerContext) {
        if case .length(let length) = framing.body {
            guard length <= Self.bodyLimit else { return refuse(.tooLarge) }
            // Most bodies come together with their heads: nothing has to be gathered.
            if let body = received.readSlice(length: length) { return handle(head, framing, body) }
        }
        if framing.expectsContinue, received.readableBytes == 0 {
            let wanted = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(wanted), promise: nil)
        }
        state = .body(head, framing, RequestBody())
    }

    private func handle(_ head: RequestText, _ framing: RequestFraming, _ body: ByteBuffer) {
        patience = Patience()
        state = .answering(keepsAlive: framing.keepsAlive, isHead: head.part(head.method, is: "HEAD"))
        front.handle(HTTPRequest(head: head, body: body, caller: caller(), source: source), for: self)
    }

    private func give(up refusal: FrontRefusal, holding count: Int) -> Bool {
        front.release(count)
        refuse(refusal)
        return false
    }

    /// Says why the connection's bytes are not served, and ends it.
    private func refuse(_ refusal: FrontRefusal) {
        guard let context else { return }
        if case .body(_, _, let body) = state { front.release(body.count) }
        close(after: refusal.reply.bytes(withBody: true, closing: true), context)
    }

    /// Sends last bytes and closes the connection's own half; the rest goes when the client has read them.
    ///
    /// A connection that is closed with unread bytes in it is reset, and its last answer with it.
    private func close(after bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        state = .closing
        patience = Patience()
        received = ByteBuffer()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
        }
        if holdsRead {
            holdsRead = false
            context.read()
        }
    }
}

/// How long a client has let the server wait, in ticks of the front's clock.
private struct Patience {
    /// What is waited for, and for how many whole ticks at most.
    enum Reason: Int {
        /// Any byte of the next request, or of a body that has begun.
        case silence = 24
        /// The end of a head that has begun.
        case head = 4
        /// The client's end of a connection that is over.
        case farewell = 1
    }

    private let reason: Reason
    private var ticks = 0

    init(reason: Reason = .silence) { self.reason = reason }

    /// Bytes came: silence starts over, a head that drips in does not.
    mutating func heard() { if reason == .silence { ticks = 0 } }

    /// Counts a tick of waiting for one thing; true when it was the last.
    mutating func isOver(for reason: Reason) -> Bool {
        if reason != self.reason { self = Patience(reason: reason) }
        ticks += 1
        return ticks > reason.rawValue
    }
}
