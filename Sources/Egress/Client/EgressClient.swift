import Core
import NIOCore
import NIOPosix

/// Calls something outside for the host process itself: judged, pinned to the judged address, limited and recorded like a
/// function's call, one connection for each.
///
/// Redirects are not followed.
package struct EgressClient: Sendable {
    /// From the beginning to the head of the answer, where nobody waits for more.
    private static let patience = TimeAmount.seconds(15)

    private let surroundings: EgressSurroundings
    private let loops: any EventLoopGroup

    /// Calls by the surroundings of all other calls, on event loops of a group.
    package init(_ surroundings: EgressSurroundings, on loops: any EventLoopGroup) {
        self.surroundings = surroundings
        self.loops = loops
    }

    /// Posts a body on behalf of a caller, whose policy must allow the address; the status of the answer.
    ///
    /// Throws `EgressRefusal` where there is none.
    package func post(
        _ body: [UInt8], to address: WebAddress, headers: [(name: String, value: String)], for caller: EgressCaller
    ) async throws(EgressRefusal) -> Int {
        try await call(
            WebRequest(method: "POST", address: address, headers: headers, body: body), for: caller,
            answerLimit: nil, patience: Self.patience
        ).status
    }

    /// Makes a request on behalf of a caller, whose policy must allow it; the whole answer, within so many seconds.
    ///
    /// Throws `EgressRefusal` where there is none, or where its body has more than `answerLimit` bytes.
    package func call(
        _ request: WebRequest, for caller: EgressCaller, answerLimit: Int, seconds: Int64
    ) async throws(EgressRefusal) -> WebAnswer {
        try await call(request, for: caller, answerLimit: answerLimit, patience: .seconds(seconds))
    }

    private func call(
        _ request: WebRequest, for caller: EgressCaller, answerLimit: Int?, patience: TimeAmount
    ) async throws(EgressRefusal) -> WebAnswer {
        let body = request.body
        let request = try request.proxied()
        let permission: Permission
        do throws(EgressRefusal) { permission = try caller.permission(for: request) } catch {
            surroundings.record(EgressRecord(refused: error, of: request, caller: caller.name))
            throw error
        }
        guard case .forward(let target) = request.kind else { throw .request(.method(request.method)) }
        let head = OutgoingHead.request(
            request, target, permission.attempt, path: target.path, Injection(query: target.query))
        let loop = loops.next()
        let result = loop.makePromise(of: WebAnswer.self)
        let surroundings = surroundings
        loop.execute {
            let call = EgressCall(permission, { caller }, caller, surroundings)
            ClientCall(call, request.method, head, ByteBuffer(bytes: body), answerLimit, result)
                .start(on: loop, patience: patience)
        }
        do { return try await result.futureResult.get() } catch { throw Dialer.refusal(error) }
    }
}

/// One call of the host process from when it asks the governor to the end of its answer, or to that of its head.
///
/// Lives on the event loop of its connection.
private final class ClientCall: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let call: EgressCall
    private let method: String
    private let head: ByteBuffer
    private let body: ByteBuffer
    /// Bytes of the answer's body; `nil` where only its status is asked for.
    private let answerLimit: Int?
    private let result: EventLoopPromise<WebAnswer>
    private var context: ChannelHandlerContext?
    private var clock: Scheduled<Void>?
    private var received = ByteBuffer()
    private var boundary = HeadBoundary()
    private var interims = 0
    private var answer: WebAnswer?
    private var reader = BodyReader(.none)

    /// Answers that only precede the answer.
    private static let interimLimit = 16

    init(
        _ call: EgressCall, _ method: String, _ head: ByteBuffer, _ body: ByteBuffer, _ answerLimit: Int?,
        _ result: EventLoopPromise<WebAnswer>
    ) {
        self.call = call
        self.method = method
        self.head = head
        self.body = body
        self.answerLimit = answerLimit
        self.result = result
    }

    func start(on loop: any EventLoop, patience: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        clock = loop.scheduleTask(in: patience) { bound.value.fail(.slow) }
        call.passGate(on: loop, { bound.value.fail($0) }) { refusal in
            if let refusal { bound.value.fail(refusal) } else { bound.value.dial(on: loop) }
        }
    }

    private func dial(on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        Dialer(surroundings: call.surroundings, loop: loop).dial(call, halfCloses: false, handler: self)
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.send(on: channel)
                case .failure(let error): bound.value.fail(Dialer.refusal(error))
                }
            }
    }

    private func send(on channel: any Channel) {
        guard !call.isOver else { return channel.close(promise: nil) }
        if let refusal = call.sent(head.readableBytes + body.readableBytes) { return fail(refusal) }
        context?.write(wrapOutboundOut(head), promise: nil)
        context?.writeAndFlush(wrapOutboundOut(body), promise: nil)
        context?.read()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// TLS needs to read before anything is asked.
    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !call.isOver else { return }
        var bytes = unwrapInboundIn(data)
        if let refusal = call.received(bytes.readableBytes) { return fail(refusal) }
        received.writeBuffer(&bytes)
        do throws(HTTPSyntaxError) {
            if answer == nil { try readHead() }
            if answer != nil { try readBody() }
        } catch { fail(.badAnswer(error)) }
    }

    private func readHead() throws(HTTPSyntaxError) {
        while answer == nil, let head = try boundary.take(from: &received) {
            let response = try ServerResponse(head, method: method)
            if response.isInterim {
                interims += 1
                guard interims <= Self.interimLimit else { throw .startLine }
            } else {
                answer = WebAnswer(response)
                if answerLimit != nil { reader = BodyReader(response.framing) }
            }
        }
    }

    private func readBody() throws(HTTPSyntaxError) {
        guard let answerLimit else { return succeed() }
        while let piece = try reader.next(from: &received) {
            guard case .data(let bytes) = piece else { return succeed() }
            answer?.body += Array(bytes.readableBytesView)
            if answer?.body.count ?? 0 > answerLimit { return fail(.limit(.bytesIn)) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !call.isOver { context.read() } }

    func channelInactive(context: ChannelHandlerContext) {
        if answer != nil, reader.endsWithConnection { succeed() } else { fail(.noAnswer) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Dialer.refusal(error) == .tls ? .tls : .noAnswer)
    }

    private func succeed() {
        guard !call.isOver, let answer else { return }
        call.end(.answered(status: answer.status))
        result.succeed(answer)
        finish()
    }

    private func fail(_ refusal: EgressRefusal) {
        guard !call.isOver else { return }
        call.end(.refused(refusal))
        result.fail(refusal)
        finish()
    }

    private func finish() {
        clock?.cancel()
        context?.close(promise: nil)
    }
}
