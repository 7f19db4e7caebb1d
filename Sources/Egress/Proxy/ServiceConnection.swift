import NIOCore

/// A function's connection to a service: judged, connected and passed both ways, or closed without a word.
///
/// There is no protocol to refuse in; the record says why.
final class ServiceConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let surroundings: EgressSurroundings
    private let admission: EgressAdmission
    private let port: Port
    private var context: ChannelHandlerContext?
    private var call: EgressCall?
    private var hasBegun = false
    private var inside: Splice?

    init(_ surroundings: EgressSurroundings, _ admission: EgressAdmission, _ port: Port) {
        self.surroundings = surroundings
        self.admission = admission
        self.port = port
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) { begin(context) }

    func channelInactive(context: ChannelHandlerContext) {
        if inside == nil { call?.end(.abandoned) }
        context.fireChannelInactive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        let caller = admission.caller()
        let service = caller?.policy.services[port]
        do throws(EgressRefusal) {
            if let limit = admission.exceededLimit { throw .crowded(limit: limit) }
            guard let caller else { throw .notAssigned }
            guard let service else { throw .notAllowed(.host) }
            let permission = try caller.permission(for: service)
            let call = EgressCall(permission, admission.caller, caller, surroundings)
            self.call = call
            let loop = context.eventLoop
            call.passGate(on: loop, { [weak self] in self?.fail($0) }) { refusal in
                if let refusal { self.fail(refusal) } else { self.dial(call, on: loop) }
            }
        } catch {
            surroundings.record(EgressRecord(refused: error, of: service, caller: caller?.name ?? ""))
            context.close(promise: nil)
        }
    }

    private func dial(_ call: EgressCall, on loop: any EventLoop) {
        let outside = Splice(.outside, call)
        let bound = NIOLoopBound((self, outside), eventLoop: loop)
        Dialer(surroundings: surroundings, loop: loop).dial(call, halfCloses: true, handler: outside)
            .whenComplete { result in
                let (connection, outside) = bound.value
                switch result {
                case .success: connection.connected(outside)
                case .failure(let error): connection.fail(Dialer.refusal(error))
                }
            }
    }

    private func connected(_ outside: Splice) {
        guard let context, context.channel.isActive, let call, !call.isOver else { return outside.close() }
        let inside = Splice(.function, call, admission.open)
        do { try context.pipeline.syncOperations.addHandler(inside) } catch { return outside.close() }
        self.inside = inside
        Splice.join(inside, outside)
        inside.start(hasEnded: false)
        outside.start(hasEnded: false)
    }

    private func fail(_ refusal: EgressRefusal) {
        call?.end(.refused(refusal))
        context?.close(promise: nil)
    }
}
