import Core
import Storage
import Vault

/// The right to delete one received message or to change when it comes again: a lease, sealed for its queue.
///
/// Nobody can read it or make one, and it fits no other queue.
struct ReceiptHandle: Hashable, Sendable {
    /// More than a handle is long.
    private static let limit = 1024
    private static let use = "receipt"

    let lease: Lease
    /// When the message was received first: it may stay hidden for twelve hours from then on.
    let firstReceived: Instant

    init(lease: Lease, firstReceived: Instant) {
        self.lease = lease
        self.firstReceived = firstReceived
    }

    /// Reads a handle that was given out for a message of this queue.
    init(_ text: String, of queue: Queue) throws(QueueError) {
        guard text.utf8.count <= Self.limit, let sealed = Base64URL.decode(text) else { throw .badReceipt }
        do {
            var reader = FieldReader(try queue.key.open(sealed, binding: queue.binding(Self.use))[...])
            lease = Lease(
                queue: queue.items, item: ItemID(try reader.number()), grouped: try reader.byte() == 1,
                token: try reader.number())
            firstReceived = Instant(milliseconds: try reader.number())
        } catch { throw .badReceipt }
    }

    /// The text that a client gets.
    func text(for queue: Queue) -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(bitPattern: lease.item.number))
        bytes.append(lease.grouped ? 1 : 0)
        bytes.append(bigEndian: UInt64(bitPattern: lease.token))
        bytes.append(bigEndian: UInt64(bitPattern: firstReceived.milliseconds))
        return Base64URL.encode(queue.key.seal(bytes, binding: queue.binding(Self.use)))
    }
}
