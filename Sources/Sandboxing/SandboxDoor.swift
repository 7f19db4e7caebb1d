import CSandbox
import Glibc
import Synchronization

/// What came of a port of a sandbox's loopback where the host wanted to listen.
package final class SandboxDoor: Sendable {
    package let sandbox: SandboxID
    package let port: UInt16
    /// Why there is none, as the system's error number; 0 where there is one.
    package let error: Int32
    private let listener: Mutex<CInt?>

    /// Takes the descriptor of the message over; `nil` where a message is about something else.
    init?(_ message: StarterConnection.Received) {
        var reader = MessageReader(message.bytes[...])
        guard reader.number(UInt32.self) == SANDBOX_DOOR.rawValue, reader.number(UInt32.self) != nil,
            let id = reader.number(UInt64.self), let port = reader.number(UInt32.self),
            let port = UInt16(exactly: port), let error = reader.number(Int32.self)
        else { return nil }
        sandbox = SandboxID(number: id)
        self.port = port
        self.error = error
        listener = Mutex(message.descriptors.first)
    }

    /// Gives the listener away, the first time.
    package func take() -> OwnedDescriptor? { listener.withLock { $0.take() }.map { OwnedDescriptor(taking: $0) } }

    deinit {
        listener.withLock { if let raw = $0 { close(raw) } }
    }
}
