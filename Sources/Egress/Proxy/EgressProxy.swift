import NIOCore
import Synchronization

/// The way out of one sandbox: an HTTP proxy that lets pass what the rules of the function in it allow.
package final class EgressProxy: Sendable {
    /// Connections that one sandbox may have open at a time.
    package static let connectionLimit = 256

    private let surroundings: EgressSurroundings
    private let caller: @Sendable () -> EgressCaller?
    private let limit: Int
    private let open = OpenConnections()

    /// Takes who is in the sandbox, asked anew for every request: nobody at first, and the rules may change.
    package init(
        _ surroundings: EgressSurroundings, connectionLimit: Int = EgressProxy.connectionLimit,
        caller: @escaping @Sendable () -> EgressCaller?
    ) {
        self.surroundings = surroundings
        self.caller = caller
        limit = connectionLimit
    }

    /// Serves an accepted connection; for `ServerBootstrap.childChannelInitializer`.
    package func initialize(_ channel: any Channel) -> EventLoopFuture<Void> {
        let admission = admit(channel)
        return channel.eventLoop.makeCompletedFuture {
            try Self.prepare(channel)
            try channel.pipeline.syncOperations.addHandler(ProxyConnection(self.surroundings, admission))
        }
    }

    /// Serves a connection that was accepted at a port for a service; which one is asked anew for every connection.
    package func initialize(_ channel: any Channel, at port: Port) -> EventLoopFuture<Void> {
        let admission = admit(channel)
        return channel.eventLoop.makeCompletedFuture {
            try Self.prepare(channel)
            try channel.pipeline.syncOperations.addHandler(
                ServiceConnection(self.surroundings, admission, port))
        }
    }

    private func admit(_ channel: any Channel) -> EgressAdmission {
        let count = open.opened()
        channel.closeFuture.whenComplete { [open] _ in open.closed() }
        return EgressAdmission(exceededLimit: count > limit ? limit : nil, open: open, caller: caller)
    }

    private static func prepare(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { throw ChannelError.operationUnsupported }
        try options.setOption(.autoRead, value: false)
        try options.setOption(.allowRemoteHalfClosure, value: true)
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.recvAllocator, value: Flow.receiveBuffers)
        try options.setOption(.writeBufferWaterMark, value: Flow.waterMark)
    }
}

/// On what terms a connection was accepted.
struct EgressAdmission: Sendable {
    /// The bound that this connection is beyond.
    let exceededLimit: Int?
    /// Where it is counted.
    let open: OpenConnections
    let caller: @Sendable () -> EgressCaller?
}

/// Counts the connections of one sandbox.
final class OpenConnections: Sendable {
    private let count = Atomic<Int>(0)

    /// Counts one more; gives how many there are.
    @discardableResult func opened() -> Int { count.add(1, ordering: .relaxed).newValue }

    /// Counts one less.
    func closed() { count.subtract(1, ordering: .relaxed) }
}
