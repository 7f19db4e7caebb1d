import Core
import Logging
import NIOCore
import NIOPosix
import Platform

/// The gateway: one listener for every service, and the same endpoint behind every sandbox's door.
package struct GatewayServer: Sendable {
    private let front: NIOLoopBound<Front>
    private let services: Services
    private let operations: Operations
    private let eventLoop: any EventLoop

    /// Makes the gateway; call on the pool's event loop.
    package init(pool: Pool, events: EventInvocations, services: Services, region: Region, logger: Logger) {
        eventLoop = pool.eventLoop
        self.services = services
        let front = NIOLoopBound(
            Front(
                account: services.account, pool: pool, events: events, resolved: services.functions.resolved,
                credentials: services.identity.credentials, access: services.identity.access, region: region,
                audit: services.audit),
            eventLoop: pool.eventLoop)
        self.front = front
        // It ends with the event loop.
        eventLoop.scheduleRepeatedTask(initialDelay: Front.tickInterval, delay: Front.tickInterval) { _ in
            front.value.tick()
        }
        operations = Operations(front: front, services: services, region: region, logger: logger)
    }

    /// Listens; gives the listening channel.
    package func listen(host: String, port: Int) async throws -> any Channel {
        try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in configure(channel) { .anyone } }
            .bind(host: host, port: port).get()
    }

    /// Serves a connection of a sandbox: its function needs no signature, because the socket says who it is.
    ///
    /// `cause` tells, for each request, what the function is working on at that moment.
    package func serve(
        _ channel: any Channel, of function: FunctionVersion, cause: @escaping @Sendable () -> Cause?
    ) -> EventLoopFuture<Void> {
        configure(channel) { .function(function, cause: cause()) }
    }

    /// A function has changed: calls resolve it anew.
    package func forget(_ name: FunctionName) async {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                front.value.targets.forget(name)
                continuation.resume()
            }
        }
    }

    /// Carries out operations until `finish`.
    package func run() async {
        let (orders, pool) = await withCheckedContinuation { continuation in
            eventLoop.execute { continuation.resume(returning: (front.value.orders, front.value.pool)) }
        }
        await operations.run(orders, on: pool)
    }

    /// Takes no more operations.
    package func finish() { eventLoop.execute { front.value.finish() } }

    private func configure(
        _ channel: any Channel, _ caller: @escaping @Sendable () -> HTTPRequest.Caller
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FrontConnection(front: front.value, caller: caller))
        }
    }
}
