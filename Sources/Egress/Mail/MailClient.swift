import Core
import NIOCore
import NIOPosix
import NIOSSL

/// Hands mails to a relay for the host process itself: judged, pinned to the judged address, limited and recorded like any
/// other call, one connection for each.
package struct MailClient: Sendable {
    /// From the beginning to the relay's last word.
    private static let patience = TimeAmount.seconds(90)

    private let surroundings: EgressSurroundings
    private let loops: any EventLoopGroup

    /// Calls by the surroundings of all other calls, on event loops of a group.
    package init(_ surroundings: EgressSurroundings, on loops: any EventLoopGroup) {
        self.surroundings = surroundings
        self.loops = loops
    }

    /// Hands over a mail on behalf of a caller, whose policy must allow the relay; returns once the relay has taken it.
    package func send(
        _ message: MailMessage, to relay: MailRelay, as login: MailLogin?, for caller: EgressCaller
    ) async throws(MailFailure) {
        let permission: Permission
        do throws(EgressRefusal) { permission = try caller.permission(for: relay) } catch {
            surroundings.record(EgressRecord(refused: error, of: relay, caller: caller.name))
            throw .call(error)
        }
        let loop = loops.next()
        let result = loop.makePromise(of: Void.self)
        let surroundings = surroundings
        loop.execute {
            let call = EgressCall(permission, { caller }, caller, surroundings)
            MailConversation(call, relay, SMTPDialogue(message, to: relay, as: login), result)
                .start(on: loop, patience: Self.patience)
        }
        do { try await result.futureResult.get() } catch {
            throw error as? MailFailure ?? .call(Dialer.refusal(error))
        }
    }
}

/// One mail from when the governor is asked to the relay's last word.
///
/// Lives on the event loop of its connection.
private final class MailConversation: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let call: EgressCall
    private let relay: MailRelay
    private let result: EventLoopPromise<Void>
    private var dialogue: SMTPDialogue
    private var replies = SMTPReplyReader()
    private var context: ChannelHandlerContext?
    private var clock: Scheduled<Void>?
    /// While TLS is being made there is nothing that could be said.
    private var isSecuring = false

    init(_ call: EgressCall, _ relay: MailRelay, _ dialogue: SMTPDialogue, _ result: EventLoopPromise<Void>) {
        self.call = call
        self.relay = relay
        self.dialogue = dialogue
        self.result = result
    }

    func start(on loop: any EventLoop, patience: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        clock = loop.scheduleTask(in: patience) { bound.value.fail(.call(.slow)) }
        call.passGate(on: loop, { bound.value.fail(.call($0)) }) { refusal in
            if let refusal { bound.value.fail(.call(refusal)) } else { bound.value.dial(on: loop) }
        }
    }

    private func dial(on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        Dialer(surroundings: call.surroundings, loop: loop).dial(call, halfCloses: false, handler: self)
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.begin(on: channel)
                case .failure(let error): bound.value.fail(.call(Dialer.refusal(error)))
                }
            }
    }

    private func begin(on channel: any Channel) {
        guard !call.isOver else { return channel.close(promise: nil) }
        if relay.security == .tls { secure { _ in } }
        context?.read()
    }

    /// Puts TLS in front; `then` is called once the relay has shown that it is who it should be.
    private func secure(then: @escaping (MailConversation) -> Void) {
        guard let context else { return fail(.call(.noAnswer)) }
        let name: String? = if case .name(let name) = relay.host { name.text } else { nil }
        let verified = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, then), eventLoop: context.eventLoop)
        isSecuring = true
        do {
            let pipeline = context.pipeline.syncOperations
            let handler = try NIOSSLClientHandler(context: call.surroundings.streamTLS, serverHostname: name)
            verified.futureResult.whenComplete { result in
                let (conversation, then) = bound.value
                guard case .success = result else { return conversation.fail(.call(.tls)) }
                conversation.isSecuring = false
                then(conversation)
            }
            try pipeline.addHandler(VerifiedHandshake(relay.host, verified), position: .before(self))
            try pipeline.addHandler(handler, position: .first)
            context.read()
        } catch { verified.fail(error) }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !call.isOver else { return }
        var bytes = unwrapInboundIn(data)
        if let refusal = call.received(bytes.readableBytes) { return fail(.call(refusal)) }
        guard !isSecuring else { return fail(.unfit("talks before TLS stands")) }
        replies.append(&bytes)
        do throws(SMTPReplyReader.Fault) {
            guard let reply = try replies.next() else { return }
            // What was sent along in the clear would else be read as if it had come by TLS.
            guard replies.isEmpty else { return fail(.unfit("answers what nobody asked")) }
            answer(reply)
        } catch { fail(.unfit("does not speak SMTP")) }
    }

    private func answer(_ reply: SMTPReply) {
        do throws(MailFailure) {
            switch try dialogue.take(reply) {
            case .send(let bytes): send(bytes)
            case .secure: secure { $0.goOnSecurely() }
            case .finished(let farewell): succeed(farewell)
            }
        } catch { fail(error) }
    }

    private func goOnSecurely() {
        guard case .send(let bytes) = dialogue.secured() else { return }
        send(bytes)
    }

    private func send(_ bytes: [UInt8]) {
        guard !call.isOver, let context else { return }
        if let refusal = call.sent(bytes.count) { return fail(.call(refusal)) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !call.isOver { context.read() } }

    func channelInactive(context: ChannelHandlerContext) { fail(.call(.noAnswer)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.call(Dialer.refusal(error) == .tls ? .tls : .noAnswer))
    }

    private func succeed(_ farewell: [UInt8]) {
        call.end(.passed)
        result.succeed()
        clock?.cancel()
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: farewell))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    private func fail(_ failure: MailFailure) {
        guard !call.isOver else { return }
        if case .call(let refusal) = failure { call.end(.refused(refusal)) } else { call.end(.passed) }
        result.fail(failure)
        clock?.cancel()
        context?.close(promise: nil)
    }
}
