import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers every request with the same kibibyte: the least that a server can do, which is to look whether a head has
/// ended, or what one does that reads its requests.
enum HTTPServer {
    static func run(reads: Bool) throws {
        let listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    guard reads else { return try pipeline.addHandler(Hello()) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Page())
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        Child.serve(at: listener.localAddress?.port ?? 0)
    }

    private static let body = String(repeating: "x", count: 1024)
    static let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n" + body

    private final class Page: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private static let bytes = ByteBuffer(string: body)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            let fields: HTTPHeaders = ["Content-Type": "text/plain", "Content-Length": "1024"]
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(Self.bytes))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private final class Hello: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private static let bytes = ByteBuffer(string: answer)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            guard bytes.getInteger(at: bytes.writerIndex - 4, as: UInt32.self) == 0x0D0A_0D0A else { return }
            context.writeAndFlush(wrapOutboundOut(Self.bytes), promise: nil)
        }
    }
}

/// Sixteen connections that ask, wait, and ask again.
struct HTTPLoad {
    let port: Int
    let target: String
    let host: String

    private static let connections = 16

    /// Answers a second.
    func run(_ seconds: Double) throws -> Double {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let request = ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nAccept: */*\r\n\r\n")
        let loop = group.next()
        let clients = try (0..<Self.connections).map { _ in
            let client = NIOLoopBoundBox.makeBoxSendingValue(Client(request), eventLoop: loop)
            _ = try ClientBootstrap(group: loop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(client.value)
                    }
                }
                .connect(host: "127.0.0.1", port: port).wait()
            return client
        }
        func count() throws -> Int { try loop.submit { clients.reduce(0) { $0 + $1.value.answers } }.wait() }
        usleep(100_000)
        let (before, start) = (try count(), NIODeadline.now())
        usleep(UInt32(seconds * 1e6))
        let (after, end) = (try count(), NIODeadline.now())
        guard after > before else { throw BenchFailure("nothing was answered") }
        return Double(after - before) / (Double((end - start).nanoseconds) / 1e9)
    }

    private final class Client: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let request: ByteBuffer
        private var left = HTTPServer.answer.utf8.count
        private(set) var answers = 0

        init(_ request: ByteBuffer) { self.request = request }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            guard
                answers > 0 || left < HTTPServer.answer.utf8.count
                    || bytes.getString(at: bytes.readerIndex, length: 12) == "HTTP/1.1 200"
            else { return context.close(promise: nil) }
            left -= bytes.readableBytes
            guard left <= 0 else { return }
            left = HTTPServer.answer.utf8.count
            answers += 1
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        }
    }
}
