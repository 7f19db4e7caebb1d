import Core
import NIOCore
import NIOPosix

/// Calls something outside for the host process itself: judged, pinned to the judged address, limited and recorded like a
/// function's call, one connection for each.
///
/// Redirects are not followed, and of the answer only as much is read as is asked for.
package struct EgressClient: Sendable {
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
        try await call(address, ClientRequest(headers: headers, body: body), for: caller).status
    }

    /// Asks something on behalf of a caller, whose policy must allow the address.
    ///
    /// Throws `EgressRefusal` where there is no answer.
    package func call(
        _ address: WebAddress, _ asked: ClientRequest, for caller: EgressCaller
    ) async throws(EgressRefusal) -> ClientAnswer {
        let request = try Self.request(address, asked)
        let permission: Permission
        do throws(EgressRefusal) { permission = try caller.permission(for: request) } catch {
            surroundings.record(EgressRecord(refused: error, of: request, caller: caller.name))
            throw error
        }
        guard case .forward(let target) = request.kind else { throw .request(.method(request.method)) }
        let head = OutgoingHead.request(
            request, target, permission.attempt, path: target.path, Injection(query: target.query))
        let loop = loops.next()
        let result = loop.makePromise(of: ClientAnswer.self)
        let surroundings = surroundings
        loop.execute {
            let call = EgressCall(permission, { caller }, caller, surroundings)
            ClientCall(call, head, asked, result).start(on: loop)
        }
        do { return try await result.futureResult.get() } catch { throw Dialer.refusal(error) }
    }

    /// The request as a proxy reads it, so that no header can be more than one.
    private static func request(
        _ address: WebAddress, _ asked: ClientRequest
    ) throws(EgressRefusal) -> ProxyRequest {
        // CONNECT would mean something else to what reads it.
        guard asked.method != "CONNECT" else { throw .request(.method(asked.method)) }
        var text = "\(asked.method) \(address.plainText) HTTP/1.1\r\nHost: \(address.host.text):\(address.port)\r\n"
        for (name, value) in asked.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(HTTPCharacter.isToken) else { throw .request(.syntax(.field)) }
            text += "\(name): \(value)\r\n"
        }
        text += "Connection: close\r\nContent-Length: \(asked.body.count)\r\n\r\n"
        let head: MessageHead
        do throws(HTTPSyntaxError) { head = try MessageHead(parsing: Array(text.utf8)) } catch {
            throw .request(.syntax(error))
        }
        guard head.fields.count == asked.headers.count + 3 else { throw .request(.syntax(.field)) }
        do throws(RequestFault) { return try ProxyRequest(head) } catch { throw .request(error) }
    }
}

/// One call of the host process from when it asks the governor to the end of what is read of its answer.
///
/// Lives on the event loop of its connection.
private final class ClientCall: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let call: EgressCall
    private let head: ByteBuffer
    private let asked: ClientRequest
    private let result: EventLoopPromise<ClientAnswer>
    private var context: ChannelHandlerContext?
    private var clock: Scheduled<Void>?
    private var received = ByteBuffer()
    private var boundary = HeadBoundary()
    private var interims = 0
    /// Once its head is there.
    private var response: ServerResponse?
    private var reader = BodyReader(.none)
    private var body: [UInt8] = []

    /// Answers that only precede the answer.
    private static let interimLimit = 16

    init(_ call: EgressCall, _ head: ByteBuffer, _ asked: ClientRequest, _ result: EventLoopPromise<ClientAnswer>) {
        self.call = call
        self.head = head
        self.asked = asked
        self.result = result
    }

    func start(on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        clock = loop.scheduleTask(in: asked.patience) { bound.value.fail(.slow) }
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
        if let refusal = call.sent(head.readableBytes + asked.body.count) { return fail(refusal) }
        context?.write(wrapOutboundOut(head), promise: nil)
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: asked.body)), promise: nil)
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
            try readHead()
            try readBody()
        } catch { fail(.badAnswer(error)) }
    }

    private func readHead() throws(HTTPSyntaxError) {
        while response == nil, let head = try boundary.take(from: &received) {
            let response = try ServerResponse(head, method: asked.method)
            guard response.isInterim else {
                self.response = response
                reader = BodyReader(response.framing)
                return
            }
            interims += 1
            guard interims <= Self.interimLimit else { throw .startLine }
        }
    }

    private func readBody() throws(HTTPSyntaxError) {
        guard let response else { return }
        guard asked.answerLimit > 0 else { return succeed(response) }
        while let piece = try reader.next(from: &received) {
            switch piece {
            case .data(let more):
                guard body.count + more.readableBytes <= asked.answerLimit else { return fail(.limit(.bytesIn)) }
                body += more.readableBytesView
            case .end: return succeed(response)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !call.isOver { context.read() } }

    func channelInactive(context: ChannelHandlerContext) {
        if let response, reader.endsWithConnection { succeed(response) } else { fail(.noAnswer) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Dialer.refusal(error) == .tls ? .tls : .noAnswer)
    }

    private func succeed(_ response: ServerResponse) {
        guard !call.isOver else { return }
        call.end(.answered(status: response.status))
        result.succeed(ClientAnswer(response, body: body))
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
