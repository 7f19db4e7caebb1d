import Core
import Storage
import Vault

/// A message as it lies in its queue: when and out of what in the clear, everything else sealed.
///
/// The layout is fixed: a version byte, the numbers in big-endian order, then the sealed content to the end.
struct MessageItem: Sendable {
    private static let version: UInt8 = 1
    private static let headerSize = 1 + 1 + 16 + 8 + 16 + 25

    /// Random, bound into the seal; on a standard queue it is the message's own id.
    let id: MessageID
    /// Whether the id is the message's own on a FIFO queue too: the message came from another queue.
    let keepsID: Bool
    /// When it was sent first.
    let sent: Instant
    let lineage: LineageID
    let trace: TraceContext
    let sealed: ArraySlice<UInt8>

    enum Fault: Error { case malformed }

    /// Seals a content for a queue.
    static func bytes(
        _ content: MessageContent, id: MessageID, keepsID: Bool = false, sent: Instant, lineage: LineageID,
        trace: TraceContext, for queue: Queue
    ) -> [UInt8] {
        let sealed = queue.key.seal(content.bytes, binding: queue.binding("message/\(id)"))
        var output: [UInt8] = [version, keepsID ? 1 : 0]
        output.reserveCapacity(headerSize + sealed.count)
        output.append(bigEndian: id.words.high, id.words.low, UInt64(bitPattern: sent.milliseconds))
        output.append(bigEndian: lineage.words.high, lineage.words.low)
        output.append(bigEndian: trace.traceHigh, trace.traceLow, trace.span)
        output.append(trace.sampled ? 1 : 0)
        output.append(contentsOf: sealed)
        return output
    }

    /// Reads what is in the clear.
    init(_ bytes: [UInt8]) throws(Fault) {
        guard bytes.count > Self.headerSize, bytes[0] == Self.version else { throw .malformed }
        do throws(WorkItem.Fault) {
            var reader = FieldReader(bytes[1...])
            keepsID = try reader.byte() == 1
            id = MessageID(high: try reader.number(), low: try reader.number())
            sent = Instant(milliseconds: try reader.number())
            lineage = LineageID(high: try reader.number(), low: try reader.number())
            trace = TraceContext(
                high: try reader.number(), low: try reader.number(), span: try reader.number(),
                sampled: try reader.byte() == 1)
        } catch { throw .malformed }
        sealed = bytes[Self.headerSize...]
    }

    /// Opens the content.
    func open(in queue: Queue) throws -> MessageContent {
        try MessageContent(queue.key.open(Array(sealed), binding: queue.binding("message/\(id)")))
    }

    /// The message's id, where it lies as this item of a queue.
    func messageID(_ item: ItemID, in queue: Queue) -> MessageID {
        queue.isFIFO && !keepsID ? MessageID(of: item, in: queue.incarnation) : id
    }
}
