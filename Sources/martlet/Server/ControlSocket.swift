import Core
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix

/// How the owner of the data folder asks a running server for the administrator's credentials.
///
/// A Unix socket inside the folder, which only its owner can enter. The server writes one JSON object and closes.
enum ControlSocket {
    /// What a client needs to speak to the server.
    struct Access: Codable, Equatable {
        var endpoint: String
        var accessKeyID: String
        var secretAccessKey: String
        var region: String
    }

    /// Answers every connection with what `access` gives.
    static func listen(_ path: String, group: any EventLoopGroup, _ access: Access) async throws -> any Channel {
        // A socket of a server that ended without removing it; where there is none, there is nothing to remove.
        try? FileManager.default.removeItem(atPath: path)
        let answer = ByteBuffer(bytes: try JSONEncoder().encode(access))
        let mask = umask(0o177)
        defer { umask(mask) }
        return try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Teller(answer))
                }
            }
            .bind(unixDomainSocketPath: path).get()
    }

    /// Asks the server whose folder this is; `nil` where none runs.
    static func ask(_ path: String, group: any EventLoopGroup) async throws -> Access? {
        let gathered: EventLoopPromise<ByteBuffer> = group.any().makePromise()
        do {
            let channel = try await ClientBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Gatherer(gathered))
                    }
                }
                .connect(unixDomainSocketPath: path).get()
            _ = channel
        } catch {
            gathered.fail(error)
            return nil
        }
        let bytes = try await gathered.futureResult.get()
        return try JSONDecoder().decode(Access.self, from: Data(bytes.readableBytesView))
    }

    /// Says its one thing and closes.
    private final class Teller: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: ByteBuffer

        init(_ answer: ByteBuffer) { self.answer = answer }

        func channelActive(context: ChannelHandlerContext) {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in bound.value.close(promise: nil) }
        }
    }

    private final class Gatherer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<ByteBuffer>
        private var bytes = ByteBuffer()

        init(_ promise: EventLoopPromise<ByteBuffer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var more = unwrapInboundIn(data)
            bytes.writeBuffer(&more)
        }

        func channelInactive(context: ChannelHandlerContext) { promise.succeed(bytes) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
