import Core
import NIOCore
import NIOPosix

/// Calls something outside for the host process itself: judged, pinned to the judged address, limited and recorded like a
/// function's call, one connection for each.
///
/// Redirects are not followed, and of the answer only the status is read.
package struct EgressClient: Sendable {
    /// From the beginning to the head of the answer.
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
        let request = try Self.request(body, address, headers)
        let permission: Permission
        do throws(EgressRefusal) { permission = try caller.permission(for: request) } catch {
            surroundings.record(EgressRecord(refused: error, of: request, caller: caller.name))
            throw error
        }
        guard case .forward(let target) = request.kind else { throw .request(.method(request.method)) }
        let head = OutgoingHead.request(
            request, target, permission.attempt, path: target.path, Injection(query: target.query))
        let loop = loops.next()
        let result = loop.makePromise(of: Int.self)
        let surroundings = surroundings
        loop.execute {
            let call = EgressCall(permission, { caller }, caller, surroundings)
            ClientCall(call, head, ByteBuffer(bytes: body), result).start(on: loop, patience: Self.patience)
        }
        do { return try await result.futureResult.get() } catch { throw Dialer.refusal(error) }
    }

    /// The request as a proxy reads it, so that no header can be more than one.
    private static func request(
        _ body: [UInt8], _ address: WebAddress, _ headers: [(name: String, value: String)]
    ) throws(EgressRefusal) -> ProxyRequest {
        var text = "POST \(address.plainText) HTTP/1.1\r\nHost: \(address.host.text):\(address.port)\r\n"
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(HTTPCharacter.isToken) else { throw .request(.syntax(.field)) }
            text += "\(name): \(value)\r\n"
        }
        text += "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        let head: MessageHead
        do throws(HTTPSyntaxError) { head = try MessageHead(parsing: Array(text.utf8)) } catch {
            throw .request(.syntax(error))
        }
        guard head.fields.count == headers.count + 3 else { throw .request(.syntax(.field)) }
        do throws(RequestFault) { return try ProxyRequest(head) } catch { throw .request(error) }
    }
}

/// One call of the host process from when it asks the governor to the head of its answer.
///
/// Lives on the event loop of its connection.
private final class ClientCall: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let call: EgressCall
    private let head: ByteBuffer
    private let body: ByteBuffer
    private let result: EventLoopPromise<Int>
    private var context: ChannelHandlerContext?
    private var clock: Scheduled<Void>?
    private var received = ByteBuffer()
    private var boundary = HeadBoundary()
    private var interims = 0

    /// Answers that only precede the answer.
    private static let interimLimit = 16

    init(_ call: EgressCall, _ head: ByteBuffer, _ body: ByteBuffer, _ result: EventLoopPromise<Int>) {
        self.call = call
        self.head = head
        self.body = body
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
            while let head = try boundary.take(from: &received) {
                let response = try ServerResponse(head, method: "POST")
                guard response.isInterim else { return succeed(response.status) }
                interims += 1
                guard interims <= Self.interimLimit else { throw .startLine }
            }
        } catch { fail(.badAnswer(error)) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !call.isOver { context.read() } }

    func channelInactive(context: ChannelHandlerContext) { fail(.noAnswer) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Dialer.refusal(error) == .tls ? .tls : .noAnswer)
    }

    private func succeed(_ status: Int) {
        call.end(.answered(status: status))
        result.succeed(status)
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
