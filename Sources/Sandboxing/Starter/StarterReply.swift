import CSandbox
import Glibc
import Synchronization

/// What the starter answered to one request, with the descriptors it gave.
final class StarterReply: Sendable {
    let value: UInt64
    private let descriptors: Mutex<[CInt]>

    /// Takes the descriptors of the message over.
    init(value: UInt64, descriptors: [CInt]) {
        self.value = value
        self.descriptors = Mutex(descriptors)
    }

    /// Gives the next descriptor away.
    func take() -> OwnedDescriptor? {
        let raw = descriptors.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        return raw.map { OwnedDescriptor(taking: $0) }
    }

    deinit {
        descriptors.withLock { for descriptor in $0 { close(descriptor) } }
    }
}
