import Core
import FoundationEssentials

/// An event and where it is still to go, where that is more than one commit takes.
///
/// It lies in the queue of its bus as a parcel to the bus, and gets smaller with every commit.
struct FanOut: Sendable {
    /// Something that gets the event.
    enum Delivery: Hashable, Sendable, Codable {
        case target(RuleName, String)
        case archive(RuleName)
    }

    /// What one commit takes.
    struct Budget: Sendable {
        private static let countLimit = 200
        private static let byteLimit = 3 << 20
        private var count = 0
        private var bytes = 0

        /// Takes one more of a size, if there is room; for the first there always is.
        mutating func takes(_ size: Int) -> Bool {
            guard count == 0 || count < Self.countLimit && bytes + size <= Self.byteLimit else { return false }
            count += 1
            bytes += size
            return true
        }
    }

    private struct Note: Codable {
        let id: String
        let bus: EventBusName
        let time: Instant
        let ingested: Instant
        let deliveries: [Delivery]
    }

    /// What parcels to a bus that are this begin with; no event does, which begins with a brace.
    static let mark: UInt8 = 1

    let event: BusEvent
    let deliveries: [Delivery]

    init(event: BusEvent, deliveries: [Delivery]) {
        self.event = event
        self.deliveries = deliveries
    }

    /// Reads what `parcel` wrote.
    init(_ parcel: Parcel) throws {
        var reader = FieldReader(parcel.payload[...])
        guard try reader.byte() == Self.mark else { throw ParcelItem.Fault.malformed }
        let note = try JSONDecoder().decode(Note.self, from: Data(reader.field()))
        guard let id = RequestID(note.id) else { throw ParcelItem.Fault.malformed }
        event = BusEvent(
            id: id, bus: note.bus, time: note.time, ingested: note.ingested, bytes: Array(reader.remaining),
            descent: parcel.descent, trace: parcel.trace)
        deliveries = note.deliveries
    }

    /// What waits in the queue of the bus.
    func parcel(account: AccountID, bus: ARN) throws -> Parcel {
        let note = Note(
            id: event.id.description, bus: event.bus, time: event.time, ingested: event.ingested,
            deliveries: deliveries)
        var payload = [Self.mark]
        WorkItem.append(Array(try JSONEncoder().encode(note)), to: &payload)
        payload += event.bytes
        return Parcel(
            account: account, target: bus.description,
            sender: Sender(service: EventBuses.service, source: bus.description), descent: event.descent,
            trace: event.trace, payload: payload)
    }
}
