import NIOCore
import NIOPosix
import Synchronization

/// A connection of a test: what is sent, and what has come.
final class TestConnection: Sendable {
    let channel: any Channel
    private let received: Received

    private final class Received: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let state = Mutex<(bytes: [UInt8], isClosed: Bool)>(([], false))

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            state.withLock { $0.bytes.append(contentsOf: bytes.readableBytesView) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { state.withLock { $0.isClosed = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    struct Late: Error { let got: String }

    private init(_ channel: any Channel, _ received: Received) {
        self.channel = channel
        self.received = received
    }

    /// Connects to a port of loopback; handlers of `prepare` stand before the collecting one.
    static func open(
        port: Int, prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws -> TestConnection {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(received)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return TestConnection(channel, received)
    }

    var bytes: [UInt8] { received.state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var isClosed: Bool { received.state.withLock { $0.isClosed } }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    func endOutput() { channel.close(mode: .output, promise: nil) }

    /// What has come, once it satisfies a condition.
    @discardableResult
    func wait(seconds: Int = 60, for condition: (String) -> Bool) async throws -> String {
        for _ in 0..<(seconds * 200) {
            let text = text
            if condition(text) { return text }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Late(got: text)
    }

    /// Everything, once the other side has closed.
    func end(seconds: Int = 60) async throws -> String {
        for _ in 0..<(seconds * 200) where !isClosed { try await Task.sleep(for: .milliseconds(5)) }
        guard isClosed else { throw Late(got: text) }
        channel.close(promise: nil)
        return text
    }
}
