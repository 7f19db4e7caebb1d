import Core
import FoundationEssentials
import Vault

/// A parcel as it lies in a queue of the store, sealed: one that waits to be delivered, or one that could not be.
///
/// The layout is fixed: a version byte, the parcel's id and lineage, and behind them what is sealed.
struct ParcelItem: Equatable, Sendable {
    enum Fault: Error, Equatable { case unknownVersion(UInt8), malformed }

    /// What of a parcel is neither its id nor its payload.
    private struct Note: Codable, Equatable {
        let target: String
        let sender: Sender
        let trace: String
        let created: Int64
        let attributes: [Attribute]
        let group: String?
        let deduplication: String?
        let notes: [String: String]?
        let retry: DeliveryRetry
        let deadLetters: Parcel.DeadLetterQueue?
        let channels: ResultChannels?
        let line: String?
        let origin: String?
        let code: String?
        let reason: String?
        let attempts: Int
    }

    private struct Attribute: Codable, Equatable {
        let name: String
        let type: String
        let text: String?
        let bytes: Data?
    }

    private static let version: UInt8 = 1
    static let resource = "deliveries"

    let parcel: Parcel
    /// Why it was not delivered, and how often that was tried; of one that waits, the last time.
    var refusal: DeliveryRefusal?
    var attempts = 0

    init(_ parcel: Parcel, refusal: DeliveryRefusal? = nil, attempts: Int = 0) {
        self.parcel = parcel
        self.refusal = refusal
        self.attempts = attempts
    }

    /// Whether an item is a parcel, which one need not open to know.
    static func isParcel(_ bytes: [UInt8]) -> Bool { bytes.first == version | mark }

    /// Tells parcels apart from calls, whose versions begin at 1, in the queue of dead letters.
    private static let mark: UInt8 = 0x80

    init(_ bytes: [UInt8], account: AccountID, key: SealingKey) throws {
        var reader = FieldReader(bytes[...])
        let version = try reader.byte()
        guard version == Self.version | Self.mark else { throw Fault.unknownVersion(version) }
        let id = RequestID(high: try reader.number(), low: try reader.number())
        let lineage = LineageID(high: try reader.number(), low: try reader.number())
        let opened = try key.open(Array(reader.remaining), binding: Self.binding(account, id))
        var fields = FieldReader(opened[...])
        let descent = try DescentField.read(&fields, in: lineage)
        let note = try JSONDecoder().decode(Note.self, from: Data(fields.field()))
        guard let trace = TraceContext(traceparent: note.trace) else { throw Fault.malformed }
        var parcel = Parcel(
            id: id, account: account, target: note.target, sender: note.sender,
            descent: descent, trace: trace,
            created: Instant(milliseconds: note.created), payload: Array(try fields.field()))
        parcel.attributes = note.attributes.map {
            MessageAttribute(
                name: $0.name, type: $0.type, value: $0.bytes.map { .binary(Array($0)) } ?? .text($0.text ?? ""))
        }
        parcel.group = note.group
        parcel.deduplication = note.deduplication
        parcel.notes = note.notes ?? [:]
        parcel.retry = note.retry
        parcel.deadLetters = note.deadLetters
        parcel.channels = note.channels
        parcel.line = note.line
        parcel.origin = note.origin
        self.parcel = parcel
        refusal = note.code.map { DeliveryRefusal(code: $0, reason: note.reason ?? "", isPassing: false) }
        attempts = note.attempts
    }

    /// The bytes to be stored.
    func bytes(sealedWith key: SealingKey) throws -> [UInt8] {
        let (descent, trace) = (parcel.descent, parcel.trace)
        let note = Note(
            target: parcel.target, sender: parcel.sender, trace: trace.traceparent,
            created: parcel.created.milliseconds,
            attributes: parcel.attributes.map { attribute in
                switch attribute.value {
                case .text(let text): Attribute(name: attribute.name, type: attribute.type, text: text, bytes: nil)
                case .binary(let bytes):
                    Attribute(name: attribute.name, type: attribute.type, text: nil, bytes: Data(bytes))
                }
            },
            group: parcel.group, deduplication: parcel.deduplication,
            notes: parcel.notes.isEmpty ? nil : parcel.notes, retry: parcel.retry, deadLetters: parcel.deadLetters,
            channels: parcel.channels, line: parcel.line, origin: parcel.origin, code: refusal?.code,
            reason: refusal?.reason, attempts: attempts)
        var content: [UInt8] = []
        DescentField.append(descent, to: &content)
        WorkItem.append(Array(try JSONEncoder().encode(note)), to: &content)
        WorkItem.append(parcel.payload, to: &content)
        var output: [UInt8] = [Self.version | Self.mark]
        output.append(bigEndian: parcel.id.words.high, parcel.id.words.low)
        output.append(bigEndian: descent.lineage.words.high, descent.lineage.words.low)
        output += key.seal(content, binding: Self.binding(parcel.account, parcel.id))
        return output
    }

    private static func binding(_ account: AccountID, _ id: RequestID) -> Binding {
        Binding(account: account, resource: resource, use: "parcel/\(id)")
    }
}
