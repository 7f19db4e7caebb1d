import NIOCore
import NIOPosix
import NIOSSL

/// Makes the connection of a call: resolves, judges every address, and connects to one that was judged.
struct Dialer {
    let surroundings: EgressSurroundings
    let loop: any EventLoop

    /// How many of a name's addresses are tried.
    private static let attempts = 3

    /// Connects and puts `handler` behind TLS where the rule originates it; fails with `EgressRefusal`.
    func dial(
        _ call: EgressCall, halfCloses: Bool, handler: any ChannelHandler
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound((call, handler), eventLoop: loop)
        return addresses(of: call.attempt.host, for: call.caller.usage).flatMap { found in
            do throws(EgressRefusal) {
                let (call, handler) = bound.value
                let judged = try Self.judged(found, by: call.rule)
                guard call.caller.usage.connect(call.caller.policy.limits) else { throw .limit(.connections) }
                return self.connect(call, judged[...], halfCloses, handler)
            } catch {
                return self.loop.makeFailedFuture(error)
            }
        }
    }

    /// What is wrong, in our own words.
    static func refusal(_ error: any Error) -> EgressRefusal {
        switch error {
        case let refusal as EgressRefusal: refusal
        case let fault as ResolutionError: .resolution(fault)
        case ChannelError.connectTimeout: .connectTimeout
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls
        default: .unreachable
        }
    }

    private func addresses(of host: Host, for usage: EgressUsage) -> EventLoopFuture<[IPAddress]> {
        switch host {
        case .address(let address): loop.makeSucceededFuture([address])
        case .name(let name): surroundings.resolver.addresses(name, usage, loop).hop(to: loop)
        }
    }

    /// All of a name's addresses, if all of them may be called: one that may not shows that something is wrong.
    static func judged(_ addresses: [IPAddress], by rule: EgressRule) throws(EgressRefusal) -> [IPAddress] {
        guard !addresses.isEmpty else { throw .resolution(.notFound) }
        for address in addresses where !rule.permits(address) { throw .address(address, address.kind) }
        return Array(addresses.prefix(attempts))
    }

    private func connect(
        _ call: EgressCall, _ addresses: ArraySlice<IPAddress>, _ halfCloses: Bool, _ handler: any ChannelHandler
    ) -> EventLoopFuture<any Channel> {
        let usage = call.caller.usage
        let bound = NIOLoopBound((call, handler), eventLoop: loop)
        guard let address = addresses.first else {
            usage.disconnected()
            return loop.makeFailedFuture(EgressRefusal.unreachable)
        }
        return connectOnce(call, address, halfCloses, handler).flatMap { channel in
            bound.value.0.address = address
            channel.closeFuture.whenComplete { _ in usage.disconnected() }
            return self.loop.makeSucceededFuture(channel)
        }.flatMapError { error in
            guard addresses.count > 1 else {
                usage.disconnected()
                return self.loop.makeFailedFuture(Self.refusal(error))
            }
            return self.connect(bound.value.0, addresses.dropFirst(), halfCloses, bound.value.1)
        }
    }

    private func connectOnce(
        _ call: EgressCall, _ address: IPAddress, _ halfCloses: Bool, _ handler: any ChannelHandler
    ) -> EventLoopFuture<any Channel> {
        let target: SocketAddress
        do { target = try address.socketAddress(port: call.attempt.port) } catch {
            return loop.makeFailedFuture(error)
        }
        let name: String? = if case .name(let name) = call.attempt.host { name.text } else { nil }
        let host = call.attempt.host
        let context = call.rule.origination == nil ? nil : surroundings.tls
        let verified = loop.makePromise(of: Void.self)
        if context == nil { verified.succeed() }
        let bound = NIOLoopBound(handler, eventLoop: loop)
        let patience = surroundings.times.connect
        return ClientBootstrap(group: loop)
            .connectTimeout(patience)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: halfCloses)
            .channelOption(.recvAllocator, value: Flow.receiveBuffers)
            .channelOption(.writeBufferWaterMark, value: Flow.waterMark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        try pipeline.addHandler(VerifiedHandshake(host, verified))
                    }
                    try pipeline.addHandler(bound.value)
                }
            }
            .connect(to: target)
            .flatMap { channel in
                let clock = channel.eventLoop.scheduleTask(in: patience) {
                    verified.fail(EgressRefusal.connectTimeout)
                    channel.close(promise: nil)
                }
                return verified.futureResult.map {
                    clock.cancel()
                    return channel
                }
            }
            .flatMapErrorThrowing { error in
                // Where there was no connection, nobody else keeps this promise.
                verified.fail(error)
                throw error
            }
    }
}

/// How much is read and held at once, which also bounds the memory of a connection.
enum Flow {
    /// What fits a core's cache passes faster than what does not.
    static let receiveBuffers = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16384, maximum: 65536)
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 65536, high: 131_072)
}
