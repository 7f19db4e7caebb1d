import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server of a test on a free port of loopback: sees raw bytes, says raw bytes.
final class TestServer: Sendable {
    /// What to send when these bytes have come on a connection so far; what was answered is taken away.
    enum Reply: Sendable {
        case wait
        case send(String)
        case close(String)
        case bytes([UInt8])
    }

    typealias Script = @Sendable (String) -> Reply

    let port: Int
    private let listener: any Channel
    private let shared: Shared

    private init(_ listener: any Channel, _ shared: Shared) {
        self.listener = listener
        self.shared = shared
        port = listener.localAddress?.port ?? 0
    }

    private final class Shared: Sendable {
        let state = Mutex<(texts: [String], connections: Int)>(([], 0))
    }

    /// Every whole request that was answered, and what else has come.
    var requests: [String] { shared.state.withLock { $0.texts } }
    var connections: Int { shared.state.withLock { $0.connections } }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let script: Script
        private let shared: Shared
        private var pending = ""
        private var isAnswering = false

        init(_ script: @escaping Script, _ shared: Shared) {
            self.script = script
            self.shared = shared
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            pending += String(buffer: unwrapInboundIn(data))
            switch script(pending) {
            case .wait: break
            case .send(let text): answer(Array(text.utf8), context)
            case .bytes(let bytes): answer(bytes, context)
            case .close(let text):
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                answer(Array(text.utf8), context).whenComplete { _ in bound.value.close(promise: nil) }
            }
        }

        @discardableResult
        private func answer(_ bytes: [UInt8], _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
            shared.state.withLock { $0.texts.append(pending) }
            pending = ""
            isAnswering = true
            let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            written.whenComplete { _ in bound.value.isAnswering = false }
            return written
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            // Who has been answered in part still gets the rest.
            guard case ChannelEvent.inputClosed = event, !isAnswering else { return }
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// Serves while `body` runs.
    static func with<Result: Sendable>(
        tls: NIOSSLContext? = nil, _ script: @escaping Script, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let shared = Shared()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                shared.state.withLock { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(Connection(script, shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = TestServer(listener, shared)
        do {
            let result = try await body(server)
            try await listener.close()
            return result
        } catch {
            try? await listener.close()
            throw error
        }
    }

    /// Answers each whole head without a body with the same text.
    static func answering(_ answer: String) -> Script { { $0.hasSuffix("\r\n\r\n") ? .send(answer) : .wait } }

    /// A plain answer with a length.
    static let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
}
