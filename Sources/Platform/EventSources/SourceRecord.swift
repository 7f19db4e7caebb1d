import Core
import Storage

/// A message of a queue as functions get it.
///
/// Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS", "Example standard queue message event" and "Example
/// FIFO queue message event".
struct SourceRecord: Sendable {
    /// Which message a record follows that is not in hand itself: the first of its group is, and has it in hand with it.
    struct Following: Hashable, Sendable {
        let item: ItemID
        /// The first of its group.
        let head: MessageID
    }

    let message: ReceivedMessage
    /// `nil` where the message itself is in hand.
    let following: Following?
    /// All but the body.
    let fields: JSONObject
    /// The record as it stands in an event.
    let bytes: [UInt8]

    /// Bytes of an event at most.
    static let eventLimit = 6 * 1024 * 1024
    private static let opening = Array(#"{"Records":["#.utf8)
    private static let closing = Array("]}".utf8)

    /// Writes a message down; the queue is named by its ARN.
    init(_ message: ReceivedMessage, following: Following? = nil, queue: String, region: Region) {
        self.message = message
        self.following = following
        var fields = JSONObject([
            ("messageId", .string(message.id.description)), ("receiptHandle", .string(message.receipt)),
            ("attributes", .object(Self.attributes(of: message))),
            ("messageAttributes", .object(JSONObject(message.attributes.map { ($0.name, Self.value($0)) }))),
        ])
        if let md5 = MessageAttribute.md5(of: message.attributes) { fields["md5OfMessageAttributes"] = .string(md5) }
        for (name, text) in [
            ("md5OfBody", message.bodyMD5), ("eventSource", "aws:sqs"), ("eventSourceARN", queue),
            ("awsRegion", region.text),
        ] {
            fields[name] = .string(text)
        }
        self.fields = fields
        var whole = JSONObject()
        for member in fields.members {
            whole[member.key] = member.value
            if member.key == "receiptHandle" { whole["body"] = .string(message.body) }
        }
        bytes = JSON.object(whole).serialized
    }

    /// The message that has to be in hand for this one.
    var head: MessageID { following?.head ?? message.id }

    /// The event of some records.
    static func event(_ records: [SourceRecord]) -> [UInt8] {
        var output = opening
        output.reserveCapacity(records.reduce(opening.count + closing.count) { $0 + $1.bytes.count + 1 })
        for (position, record) in records.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            output += record.bytes
        }
        return output + closing
    }

    /// How many bytes an event of some records has.
    static func size(_ records: some Sequence<SourceRecord>) -> Int {
        records.reduce(opening.count + closing.count) { $0 + $1.bytes.count + 1 }
    }

    /// Events of these records, in their order, none larger than an event may be.
    static func events(_ records: [SourceRecord], limit: Int = eventLimit) -> [[SourceRecord]] {
        var events: [[SourceRecord]] = []
        var size = 0
        for record in records {
            if events.isEmpty || size + record.bytes.count + 1 > limit {
                events.append([])
                size = opening.count + closing.count
            }
            events[events.count - 1].append(record)
            size += record.bytes.count + 1
        }
        return events
    }

    private static func attributes(of message: ReceivedMessage) -> JSONObject {
        let texts: [(String, String?)] = [
            ("ApproximateReceiveCount", String(message.receives)), ("AWSTraceHeader", message.traceHeader),
            ("SentTimestamp", String(message.sent.milliseconds)), ("SequenceNumber", message.sequence),
            ("MessageGroupId", message.group), ("SenderId", message.sender),
            ("MessageDeduplicationId", message.deduplication),
            ("ApproximateFirstReceiveTimestamp", String(message.firstReceived.milliseconds)),
            ("DeadLetterQueueSourceArn", message.source),
        ]
        return JSONObject(texts.compactMap { name, text in text.map { (name, .string($0)) } })
    }

    private static func value(_ attribute: MessageAttribute) -> JSON {
        var value = JSONObject()
        switch attribute.value {
        case .text(let text): value["stringValue"] = .string(text)
        case .binary(let bytes): value["binaryValue"] = .string(Base64.encode(bytes))
        }
        value["stringListValues"] = []
        value["binaryListValues"] = []
        value["dataType"] = .string(attribute.type)
        return .object(value)
    }
}
