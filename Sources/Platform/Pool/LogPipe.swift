import Glibc
import NIOCore
import NIOPosix

/// The host's end of the pipe that is a runtime's standard output and error.
///
/// Lives on one event loop. It is read when bytes come, so that a chatty function never blocks, and by `drain` at the end
/// of a call, so that all that was printed before the answer stands in the log before the call's last lines.
final class LogPipe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deliver: (ByteBuffer) -> Void
    private let descriptor: CInt
    private var channel: (any Channel)?
    private var scratch = ByteBuffer()

    /// Takes the descriptor over; `deliver` is called on the event loop.
    init(descriptor: CInt, deliver: @escaping (ByteBuffer) -> Void) {
        self.descriptor = descriptor
        self.deliver = deliver
    }

    /// Begins to read.
    func open(on eventLoop: any EventLoop) {
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        _ = NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .map { channel in handler.value.channel = channel }
    }

    /// Reads all that is there now.
    func drain() {
        guard channel?.isActive == true else { return }
        let size = 65536
        while true {
            scratch.clear()
            // SAFETY: at most as many bytes are read as the buffer lends; the channel keeps the descriptor open.
            let count = unsafe scratch.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { raw in
                unsafe max(0, read(descriptor, raw.baseAddress, raw.count))
            }
            guard count > 0 else { return }
            deliver(scratch)
            guard count >= size else { return }
        }
    }

    /// Ends reading and closes the descriptor.
    func close() {
        drain()
        channel?.close(promise: nil)
        channel = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { deliver(unwrapInboundIn(data)) }
}
