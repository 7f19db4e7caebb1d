import Glibc
import NIOCore

/// The host's end of the pipe that is a runtime's standard output and error.
///
/// It is read at the end of a call, so that all that was printed before the answer stands in the log before the call's
/// last lines, and many times a second in between, so that a chatty function does not wait long for a full pipe.
final class LogPipe {
    /// Bytes the pipe holds before the function's writes wait; where the host allows no more it stays at 64 KB.
    private static let capacity: CInt = 1 << 20
    /// `F_SETPIPE_SZ`, which Glibc does not export.
    private static let setPipeSize: CInt = 1031

    private let deliver: (ByteBuffer) -> Void
    private var descriptor: CInt
    private var scratch = ByteBuffer()

    /// Takes a descriptor over that does not block.
    init(descriptor: CInt, deliver: @escaping (ByteBuffer) -> Void) {
        self.descriptor = descriptor
        self.deliver = deliver
        _ = fcntl(descriptor, Self.setPipeSize, Self.capacity)
    }

    deinit { close() }

    /// Reads all that is there now, within a bound, so that no function keeps the event loop to itself.
    func drain() {
        guard descriptor >= 0 else { return }
        var left = Int(Self.capacity)
        while left > 0 {
            scratch.clear()
            // SAFETY: at most as many bytes are read as the buffer lends, and the descriptor is open.
            let count = unsafe scratch.writeWithUnsafeMutableBytes(minimumWritableBytes: 65536) { raw in
                unsafe max(0, read(descriptor, raw.baseAddress, raw.count))
            }
            guard count > 0 else { return }
            deliver(scratch)
            left -= count
        }
    }

    /// Reads what is left and closes.
    func close() {
        guard descriptor >= 0 else { return }
        drain()
        Glibc.close(descriptor)
        descriptor = -1
    }
}
