import Glibc
import NIOCore

/// A connection as those who speak HTTP on it use it: asks for bytes once, and sends small pieces together.
///
/// A head and a short body leave in one write. Where the connection is nothing but a socket and nothing waits in the channel, it
/// is written to directly: the way through a pipeline of no handlers costs as much as the rest of a short answer. Lives on the
/// event loop of its connection.
final class Wire {
    /// Whether what is written is what the socket gets: no TLS lies between.
    private let isPlain: Bool
    private var context: ChannelHandlerContext?
    /// A descriptor of its own, so that it never writes to what came after its connection.
    private var socket: CInt?
    private var isReading = false
    private var gathered = ByteBuffer()
    /// Whether the channel was left something to send.
    private var isQueued = false

    /// Pieces up to this are copied; what is longer leaves by itself.
    static let pieceLimit = 8192
    /// As much is gathered at most.
    private static let limit = 16384

    init(isPlain: Bool) { self.isPlain = isPlain }

    deinit { close() }

    /// The handler is there.
    func opened(_ context: ChannelHandlerContext) { self.context = context }

    /// The connection is gone.
    func close() {
        context = nil
        if let socket { _ = Glibc.close(socket) }
        socket = nil
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Asks for bytes, unless that was done.
    func read() {
        guard !isReading else { return }
        isReading = true
        context?.read()
    }

    /// Bytes have come.
    func hasRead() { isReading = false }

    /// Takes bytes that leave with the next flush, if not before.
    func write(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        if count > Self.pieceLimit || gathered.readableBytes + count > Self.limit {
            queue(takeGathered())
            queue(bytes)
        } else if gathered.readableBytes > 0 {
            gathered.writeImmutableBuffer(bytes)
        } else {
            gathered = bytes
        }
    }

    /// Sends all that was written.
    func flush() {
        var bytes = takeGathered()
        if bytes.readableBytes > 0, isPlain, !waits { send(&bytes) }
        queue(bytes)
        if isQueued { context?.flush() }
    }

    private func takeGathered() -> ByteBuffer {
        defer { gathered = ByteBuffer() }
        return gathered
    }

    private func queue(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        isQueued = true
        context?.write(NIOAny(bytes), promise: nil)
    }

    /// Whether the channel still has something to send.
    private var waits: Bool {
        // A channel that cannot say is not written past.
        if isQueued { isQueued = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) != 0 }
        return isQueued
    }

    /// Sends what the socket takes; of an error the channel hears when it is given the rest.
    private func send(_ bytes: inout ByteBuffer) {
        guard let socket = socket ?? copy() else { return }
        // SAFETY: the call reads as many bytes as the buffer has.
        let count = unsafe bytes.withUnsafeReadableBytes {
            unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count > 0 { bytes.moveReaderIndex(forwardBy: count) }
    }

    private func copy() -> CInt? {
        // The channel that is closed has none.
        let copy = try? context?.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { socket in
            fcntl(socket, F_DUPFD_CLOEXEC, 0)
        }
        socket = copy.flatMap { $0 < 0 ? nil : $0 }
        return socket
    }
}
