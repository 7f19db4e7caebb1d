import NIOCore

/// Answers whatever comes to a sandbox's way out, 127.0.0.1:9002, with a clear refusal, and closes.
///
/// Until the governed way out exists, nothing leaves a sandbox.
package final class ClosedDoor: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private static let answer = """
        HTTP/1.1 403 Forbidden\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: 68\r
        Connection: close\r
        \r
        Martlet lets no call out of a sandbox: outbound access is not open.\n
        """

    package init() {}

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.answer))).whenComplete { _ in
            loopBound.value.close(promise: nil)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
