import CSandbox
import Glibc
import Synchronization

/// The server's end of the socket to its starter: sends without waiting, and reads on a thread of its own.
final class StarterConnection: Sendable {
    /// A packet of the starter; its descriptors belong to whoever gets it.
    struct Received {
        var bytes: [UInt8]
        var descriptors: [CInt]
    }

    private struct Outbox {
        var waiting: [Message] = []
        var closed = false
    }

    /// The most messages that wait for a starter that is slow to read.
    private static let mostWaiting = 4096

    private let socket: OwnedDescriptor
    private let wakeup: OwnedDescriptor
    private let outbox = Mutex(Outbox())

    init(socket: consuming OwnedDescriptor) throws(SandboxError) {
        self.socket = socket
        let event = sandbox_event_counter()
        guard event >= 0 else { throw .host(tried: "eventfd", errno: errno) }
        wakeup = OwnedDescriptor(taking: event)
    }

    /// Sends a message, at once or as soon as the starter has room; never blocks.
    func send(_ message: Message) throws(SandboxError) {
        let result: Result<Bool, SandboxError> = outbox.withLock { outbox in
            if outbox.closed { return .failure(.starterGone) }
            if outbox.waiting.isEmpty, transmit(message) { return .success(false) }
            guard outbox.waiting.count < Self.mostWaiting else { return .failure(.hostBusy) }
            outbox.waiting.append(message)
            return .success(true)
        }
        guard try result.get() else { return }
        // SAFETY: eight bytes of a number that lives for the call.
        var one: UInt64 = 1
        _ = unsafe write(wakeup.borrowed, &one, 8)
    }

    /// Tells the starter that nothing more comes: it ends every sandbox, and itself.
    func finish() {
        outbox.withLock { $0.closed = true }
        _ = shutdown(socket.borrowed, CInt(SHUT_WR))
    }

    /// Waits for the next message, and sends what waits meanwhile; `nil` at the end.
    ///
    /// For the one reading thread.
    func receive() -> Received? {
        while true {
            if let message = transmitAndWait() { return message.bytes.isEmpty ? nil : message }
        }
    }

    private func transmitAndWait() -> Received? {
        let more = outbox.withLock { outbox in
            while let first = outbox.waiting.first, transmit(first) { outbox.waiting.removeFirst() }
            return !outbox.waiting.isEmpty
        }
        var watched = [
            pollfd(fd: socket.borrowed, events: Int16(POLLIN | (more ? POLLOUT : 0)), revents: 0),
            pollfd(fd: wakeup.borrowed, events: Int16(POLLIN), revents: 0),
        ]
        // SAFETY: the array has as many entries as it says.
        guard unsafe poll(&watched, 2, -1) > 0 else { return nil }
        var ignored: UInt64 = 0
        // SAFETY: eight bytes into a number that lives for the call.
        if watched[1].revents != 0 { _ = unsafe read(wakeup.borrowed, &ignored, 8) }
        guard Int32(watched[0].revents) & (POLLIN | POLLHUP | POLLERR) != 0 else { return nil }
        return accept()
    }

    /// Whether it was sent, or can never be.
    private func transmit(_ message: Message) -> Bool {
        // SAFETY: both arrays live for the call and have as many elements as it says.
        let result = unsafe sandbox_send(
            socket.borrowed, message.bytes, message.bytes.count, message.descriptors, message.descriptors.count,
            CInt(MSG_DONTWAIT))
        return result == 0 || (errno != EAGAIN && errno != ENOBUFS)
    }

    /// One message; an empty one at the end.
    private func accept() -> Received? {
        var descriptors = [CInt](repeating: -1, count: Int(SANDBOX_MAX_FDS))
        var count = 0
        var length = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, filled in
            // SAFETY: the buffers have the room the call is told, or that the protocol gives them.
            length = unsafe sandbox_receive(
                socket.borrowed, buffer.baseAddress, buffer.count, &descriptors, &count, nil,
                CInt(MSG_DONTWAIT))
            filled = max(0, length)
        }
        if length < 0, errno == EAGAIN { return nil }
        return Received(bytes: bytes, descriptors: Array(descriptors.prefix(count)))
    }
}
