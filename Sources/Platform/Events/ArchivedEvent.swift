import Core
import Vault

/// An event as it lies in an archive, sealed; in the clear stand its id and its time, by which replays choose.
struct ArchivedEvent: Sendable {
    let id: RequestID
    let time: Instant
    let bytes: [UInt8]

    private static let version: UInt8 = 1

    init(_ event: BusEvent) {
        id = event.id
        time = event.time
        bytes = event.bytes
    }

    /// The time of an entry, which one need not open to know.
    static func time(of entry: [UInt8]) throws -> Instant {
        var reader = FieldReader(entry[...])
        guard try reader.byte() == version else { throw ParcelItem.Fault.malformed }
        return Instant(milliseconds: try reader.number())
    }

    /// Opens an entry.
    init(_ entry: [UInt8], account: AccountID, resource: String, key: SealingKey) throws {
        time = try Self.time(of: entry)
        var reader = FieldReader(entry.dropFirst(9))
        id = RequestID(high: try reader.number(), low: try reader.number())
        bytes = try key.open(Array(reader.remaining), binding: Self.binding(account, resource, id))
    }

    /// The bytes to be stored.
    func entry(account: AccountID, resource: String, key: SealingKey) -> [UInt8] {
        var output = [Self.version]
        output.append(bigEndian: UInt64(bitPattern: time.milliseconds), id.words.high, id.words.low)
        return output + key.seal(bytes, binding: Self.binding(account, resource, id))
    }

    private static func binding(_ account: AccountID, _ resource: String, _ id: RequestID) -> Binding {
        Binding(account: account, resource: resource, use: "event/\(id)")
    }
}
