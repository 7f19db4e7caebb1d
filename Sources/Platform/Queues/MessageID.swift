import Core
import Storage
import Vault

/// The id of a message: a UUID.
///
/// On a standard queue it is random. On a FIFO queue it follows from the number of the message's item, so that whoever
/// sends a duplicate is told the id of the first, also when that one was received and deleted long ago.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    private let id: RequestID

    /// A random one.
    init() { id = RequestID() }

    /// The id of an item of a FIFO queue.
    init(of item: ItemID, in incarnation: String) {
        let digest = SHA256Digest(of: "\(incarnation)/\(item)").bytes
        let (high, low) = (Self.word(digest[0..<8]), Self.word(digest[8..<16]))
        id = RequestID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Takes the id of what becomes a message.
    init(_ id: RequestID) { self.id = id }

    /// The same id, where a request is meant.
    var requestID: RequestID { id }

    /// Takes the two halves.
    init(high: UInt64, low: UInt64) { id = RequestID(high: high, low: low) }

    var words: (high: UInt64, low: UInt64) { id.words }

    package var description: String { id.description }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
