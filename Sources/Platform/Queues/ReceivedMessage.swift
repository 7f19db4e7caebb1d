import Core
import Storage

/// A message in the hands of a receiver.
package struct ReceivedMessage: Sendable {
    package let id: MessageID
    package let receipt: String
    package let body: String
    package let bodyMD5: String
    package let attributes: [MessageAttribute]
    package let sender: String
    package let sent: Instant
    /// How often it was received, this time included.
    package let receives: Int
    package let firstReceived: Instant
    package let group: String?
    package let deduplication: String?
    package let sequence: String?
    package let traceHeader: String?
    /// The ARN of the queue from which it came as a dead letter.
    package let source: String?
    /// Where that stands which it causes.
    package let descent: Descent
    package let trace: TraceContext

    /// Opens a claimed item of a queue.
    init(_ claimed: Claimed, _ item: MessageItem, in queue: Queue) throws {
        let content = try item.open(in: queue)
        id = item.messageID(claimed.lease.item, in: queue)
        receipt = ReceiptHandle(lease: claimed.lease, firstReceived: claimed.firstClaimed).text(for: queue)
        body = String(decoding: content.body, as: UTF8.self)
        bodyMD5 = content.bodyMD5
        attributes = content.attributes
        sender = content.sender
        sent = item.sent
        receives = claimed.attempts
        firstReceived = claimed.firstClaimed
        group = content.group
        deduplication = content.deduplication
        sequence = queue.isFIFO ? SequenceNumber.text(claimed.lease.item) : nil
        traceHeader = content.traceHeader
        source = content.source
        descent = content.descent(in: item.lineage)
        trace = item.trace
    }
}

/// The order of a FIFO queue's messages as clients see it: twenty digits that grow.
enum SequenceNumber {
    static func text(_ item: ItemID) -> String {
        let digits = item.description
        return "1" + String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
    }
}
