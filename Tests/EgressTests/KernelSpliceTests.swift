import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Egress

/// Tunnels over which so much goes that the kernel passes it on; everything that bounds a tunnel holds there too.
struct KernelSpliceTests {
    /// More than is passed on before the kernel takes over.
    private static let much = (1 << 20) + (1 << 19)

    /// What a server has got, and what it sends first.
    private final class Server: Sendable {
        let arrived = Mutex<[UInt8]>([])
        let first: [UInt8]

        init(sending count: Int) { first = KernelSpliceTests.pattern(count) }
    }

    /// Bytes that repeat too seldom for a piece to be taken for another.
    private static func pattern(_ count: Int) -> [UInt8] {
        let piece = (0..<4099).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 5) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += piece }
        return Array(bytes.prefix(count))
    }

    /// Sends its bytes at the first that it gets, counts all, and says "bye" at the end.
    private final class Bulk: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let server: Server
        private var hasSent = false

        init(_ server: Server) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            server.arrived.withLock { $0 += bytes.readableBytesView }
            guard !hasSent else { return }
            hasSent = true
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: server.first)), promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case ChannelEvent.inputClosed = event else { return }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "bye"))).whenComplete { _ in
                bound.value.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// A tunnel to a server that sends bytes, for as long as `body` runs.
    private func tunnel(
        to server: Server, change: @escaping (inout EgressFixture.Options) -> Void = { _ in },
        _ body: @Sendable (EgressFixture, TestConnection, String) async throws -> Void
    ) async throws {
        try await BulkServer.with({ Bulk(server) }) { port in
            try await EgressFixture.with(ForwardingTests.rule(port, #","speak":["tcp"]"#), change: change) { egress in
                let connect = "CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n"
                let connection = try await egress.connect()
                connection.send(connect)
                try await connection.wait { $0.hasPrefix("HTTP/1.1 200") }
                try await body(egress, connection, connect)
            }
        }
    }

    /// A server with a handler of the test's own on a free port of loopback.
    private enum BulkServer {
        static func with(
            _ handler: @escaping @Sendable () -> any ChannelHandler, _ body: (Int) async throws -> Void
        ) async throws {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            do { try await body(listener.localAddress?.port ?? 0) } catch {
                try? await listener.close()
                throw error
            }
            try await listener.close()
        }
    }

    private func until(_ condition: () -> Bool) async throws {
        for _ in 0..<6000 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(condition())
    }

    /// Waits until the bytes that the server sends first are here: the kernel has taken over by then.
    private func isBulky(_ connection: TestConnection, _ server: Server) async throws {
        connection.send([1])
        try await until { connection.bytes.count >= server.first.count }
    }

    @Test func `what goes through the kernel arrives unchanged, and either side may end first`() async throws {
        let server = Server(sending: Self.much)
        try await tunnel(to: server) { egress, connection, _ in
            let sent = Self.pattern(Self.much + 12_345)
            connection.send(sent)
            try await until { server.arrived.withLock { $0.count } == sent.count }
            // Back to bytes now and then.
            for number in 0..<20 {
                connection.send([UInt8(number)])
                try await until { server.arrived.withLock { $0.count } == sent.count + number + 1 }
            }
            connection.endOutput()
            let text = try await connection.end()
            #expect(text.hasSuffix("bye"))
            let came = connection.bytes.drop { $0 != 0x0A }
            #expect(Array(came.dropFirst(3).dropLast(3)) == server.first)
            #expect(server.arrived.withLock { $0 } == sent + (0..<20).map { UInt8($0) })
            let record = try #require(try await egress.records.wait(for: 1).first)
            #expect(record.outcome == .passed)
            #expect(record.bytesOut == sent.count + 20 && record.bytesIn == server.first.count + 3)
            try await until { egress.usage.connections == 0 }
        }
    }

    @Test func `many tunnels at once do not meet`() async throws {
        let server = Server(sending: Self.much)
        try await tunnel(to: server) { egress, first, connect in
            var connections = [first]
            for _ in 0..<3 {
                let next = try await egress.connect()
                next.send(connect)
                try await next.wait { $0.hasPrefix("HTTP/1.1 200") }
                connections.append(next)
            }
            for connection in connections { connection.send([1]) }
            for connection in connections {
                try await until { connection.bytes.count > server.first.count }
                #expect(Array(connection.bytes.suffix(server.first.count)) == server.first)
                connection.endOutput()
                #expect(try await connection.end().hasSuffix("bye"))
            }
            #expect(try await egress.records.wait(for: 4).allSatisfy { $0.outcome == .passed })
            try await until { egress.usage.connections == 0 }
        }
    }

    @Test(arguments: [EgressLimits.Limit.bytesOut, .bytesIn])
    func `no byte passes in the kernel beyond a call's`(limit: EgressLimits.Limit) async throws {
        let server = Server(sending: limit == .bytesIn ? Self.much : 1)
        try await tunnel(
            to: server,
            change: { if limit == .bytesIn { $0.limits.bytesIn = 1_300_000 } else { $0.limits.bytesOut = 1_300_000 } }
        ) { egress, connection, _ in
            connection.send(limit == .bytesIn ? [1] : Self.pattern(Self.much))
            let record = try #require(try await egress.records.wait(for: 1).first)
            #expect(record.outcome == .broken(.limit(limit)))
            #expect(server.arrived.withLock { $0.count } <= 1_300_000)
            #expect(connection.bytes.count <= 1_300_000 + 100)
            try await until { egress.usage.connections == 0 && connection.isClosed }
        }
    }

    @Test func `the governor cuts what is in the kernel`() async throws {
        let cut = Mutex<EgressCut?>(nil)
        let server = Server(sending: Self.much)
        try await tunnel(
            to: server,
            change: {
                $0.gate = { _, breaker, decide in
                    cut.withLock { $0 = breaker }
                    decide(.open)
                }
            }
        ) { egress, connection, _ in
            try await isBulky(connection, server)
            cut.withLock { $0 }?("Too loud.")
            let record = try #require(try await egress.records.wait(for: 1).first)
            #expect(record.outcome == .broken(.cut("Too loud.")) && record.bytesIn == server.first.count)
            try await until { connection.isClosed && egress.usage.connections == 0 }
        }
    }

    @Test(arguments: [nil, #","speak":["tls"]"#])
    func `a tunnel for anything ends when its rule wants TLS, or nobody knows any more who calls`(
        _ speech: String?
    ) async throws {
        for isInKernel in [false, true] {
            let server = Server(sending: isInKernel ? Self.much : 1)
            try await tunnel(to: server) { egress, connection, connect in
                try await isBulky(connection, server)
                let port = try #require(connect.split(separator: " ")[1].split(separator: ":").last.flatMap { Int($0) })
                try egress.assign(speech.map { ForwardingTests.rule(port, $0) })
                let record = try #require(try await egress.records.wait(for: 1).first)
                #expect(record.outcome == .broken(.withdrawn) && record.bytesIn == server.first.count)
                try await until { connection.isClosed && egress.usage.connections == 0 }
            }
        }
    }

    @Test(arguments: [EgressLimits.Limit.idleTime, .connectionTime])
    func `time ends what is in the kernel`(limit: EgressLimits.Limit) async throws {
        let server = Server(sending: Self.much)
        try await tunnel(
            to: server,
            change: {
                $0.times.head = .milliseconds(80)
                if limit == .idleTime {
                    $0.limits.idleTime = .seconds(3)
                } else {
                    $0.limits.connectionTime = .seconds(4)
                }
            }
        ) { egress, connection, _ in
            connection.send([1])
            let record = try #require(try await egress.records.wait(for: 1).first)
            #expect(record.outcome == .broken(.limit(limit)) && record.bytesIn > 1 << 20)
            try await until { connection.isClosed && egress.usage.connections == 0 }
        }
    }

    @Test func `connections in the kernel are counted as others are`() async throws {
        let server = Server(sending: Self.much)
        try await tunnel(
            to: server,
            change: {
                $0.limits.connections = 1
                $0.connectionLimit = 2
            }
        ) { egress, connection, connect in
            try await isBulky(connection, server)
            try await until { egress.usage.connections == 1 }
            let second = try await egress.connect()
            #expect(try await egress.send(connect).contains("too-many-connections\r\n"))
            second.send(connect)
            #expect(try await second.end().contains("limit-connections\r\n"))
            try await connection.channel.close()
            try await until { egress.usage.connections == 0 }
            var answer = ""
            for _ in 0..<1000 where !answer.hasPrefix("HTTP/1.1 200") {
                let next = try await egress.connect()
                next.send(connect)
                answer = try await next.wait { $0.hasPrefix("HTTP/1.1 ") }
                try await next.channel.close()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `who resets a connection ends both`() async throws {
        let server = Server(sending: Self.much)
        try await tunnel(to: server) { egress, connection, _ in
            try await isBulky(connection, server)
            let reset = linger(l_onoff: 1, l_linger: 0)
            let options = try #require(connection.channel as? any SocketOptionProvider)
            try await options.setSoLinger(reset).get()
            try await connection.channel.close()
            #expect(try await egress.records.wait(for: 1).first?.outcome == .passed)
            try await until { egress.usage.connections == 0 }
        }
    }

    /// Sends back what comes, and takes no more before that is gone, as a plain program would.
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
            setReading(context)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) { setReading(context) }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case ChannelEvent.inputClosed = event else { return }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func setReading(_ context: ChannelHandlerContext) {
            _ = context.channel.setOption(.autoRead, value: context.channel.isWritable)
        }
    }

    @Test func `who reads late what it gets back while it sends is not left waiting`() async throws {
        try await BulkServer.with({ Echo() }) { port in
            try await EgressFixture.with(ForwardingTests.rule(port, #","speak":["tcp"]"#)) {
                $0.times.head = .milliseconds(200)
            } _: { egress in
                let connection = try await egress.connect()
                connection.send("CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n")
                try await connection.wait { $0.hasPrefix("HTTP/1.1 200") }
                // More than the sockets on the way there and back hold, so that everything stands still for a while.
                let sent = Self.pattern(8 << 20)
                try await connection.channel.setOption(.autoRead, value: false).get()
                connection.send(sent)
                try await Task.sleep(for: .milliseconds(500))
                try await connection.channel.setOption(.autoRead, value: true).get()
                connection.endOutput()
                _ = try await connection.end(seconds: 240)
                #expect(Array(connection.bytes.suffix(sent.count)) == sent)
            }
        }
    }
}
