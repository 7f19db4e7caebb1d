import Core
import Platform

/// Which attributes of messages a receiver wants to see.
struct AttributeSelection: Sendable {
    private static let systemNames: Set<String> = [
        "All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
        "SequenceNumber", "MessageDeduplicationId", "MessageGroupId", "AWSTraceHeader", "DeadLetterQueueSourceArn",
    ]

    private let system: Set<String>
    private let names: Set<String>
    private let prefixes: [String]
    private let isAll: Bool

    /// Reads the names of a request for messages.
    init(_ input: WireValue) throws(QueueError) {
        system = Set(
            (input["AttributeNames"]?.strings ?? []) + (input["MessageSystemAttributeNames"]?.strings ?? []))
        for name in system where !Self.systemNames.contains(name) && !QueueAttributes.isKnown(name) {
            throw .unknownAttribute(name)
        }
        names = Set(input["MessageAttributeNames"]?.strings ?? [])
        isAll = names.contains("All") || names.contains(".*")
        prefixes = names.filter { $0.hasSuffix(".*") }.map { String($0.dropLast(2)) }
    }

    /// A message with what is wanted of it.
    func value(_ message: ReceivedMessage) -> WireValue {
        let attributes = message.attributes.filter { attribute in
            isAll || names.contains(attribute.name) || prefixes.contains { attribute.name.hasPrefix($0) }
        }
        var value: WireValue = [
            "MessageId": .string(message.id.description), "ReceiptHandle": .string(message.receipt),
            "MD5OfBody": .string(message.bodyMD5), "Body": .string(message.body),
        ]
        if case let texts = systemTexts(message), !texts.isEmpty {
            value["Attributes"] = .structure(WireFields(texts.map { ($0.0, .string($0.1)) }))
        }
        if !attributes.isEmpty {
            value["MD5OfMessageAttributes"] = WireValue(MessageAttribute.md5(of: attributes))
            value["MessageAttributes"] = .structure(WireFields(attributes.map { ($0.name, Self.value($0)) }))
        }
        return value
    }

    private func systemTexts(_ message: ReceivedMessage) -> [(String, String)] {
        let texts: [(String, String?)] = [
            ("SenderId", message.sender), ("SentTimestamp", String(message.sent.milliseconds)),
            ("ApproximateReceiveCount", String(message.receives)),
            ("ApproximateFirstReceiveTimestamp", String(message.firstReceived.milliseconds)),
            ("SequenceNumber", message.sequence), ("MessageDeduplicationId", message.deduplication),
            ("MessageGroupId", message.group), ("AWSTraceHeader", message.traceHeader),
            ("DeadLetterQueueSourceArn", message.source),
        ]
        return texts.compactMap { name, text in
            guard system.contains("All") || system.contains(name), let text else { return nil }
            return (name, text)
        }
    }

    private static func value(_ attribute: MessageAttribute) -> WireValue {
        switch attribute.value {
        case .text(let text): ["DataType": .string(attribute.type), "StringValue": .string(text)]
        case .binary(let bytes): ["DataType": .string(attribute.type), "BinaryValue": .blob(bytes)]
        }
    }
}
