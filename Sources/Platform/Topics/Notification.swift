import Core

/// What one subscriber gets of a publication.
///
/// Source: Amazon SNS developer guide, "Parsing Amazon SNS message formats"; AWS Lambda developer guide, "Using Lambda with
/// Amazon SNS".
struct Notification {
    let publication: Publication
    let topic: ARN
    let subscription: ARN
    let message: String
    let proof: NotificationProof
    /// What ends the subscription for whoever follows it.
    let unsubscribeURL: String

    /// The JSON that queues, endpoints and mailboxes get.
    var text: String {
        var members: [(String, JSON)] = [
            ("Type", "Notification"), ("MessageId", .string(publication.id.description)),
        ]
        if let sequence = publication.sequence { members.append(("SequenceNumber", .string(sequence))) }
        members.append(("TopicArn", .string(topic.description)))
        if let subject = publication.subject { members.append(("Subject", .string(subject))) }
        members += [
            ("Message", .string(message)), ("Timestamp", .string(publication.time.iso8601)),
            ("SignatureVersion", .string(String(proof.version))), ("Signature", .string(proof.signature)),
            ("SigningCertURL", .string(proof.certificateURL)),
            ("UnsubscribeURL", .string(unsubscribeURL)),
        ]
        if !publication.attributes.isEmpty { members.append(("MessageAttributes", attributes)) }
        return Self.spaced(members)
    }

    /// The event that a function gets.
    var event: [UInt8] {
        let notification: JSON = [
            "Type": "Notification", "MessageId": .string(publication.id.description),
            "TopicArn": .string(topic.description), "Subject": publication.subject.map(JSON.string) ?? .null,
            "Message": .string(message), "Timestamp": .string(publication.time.iso8601),
            "SignatureVersion": .string(String(proof.version)), "Signature": .string(proof.signature),
            "SigningCertUrl": .string(proof.certificateURL),
            "UnsubscribeUrl": .string(unsubscribeURL), "MessageAttributes": attributes,
        ]
        let record: JSON = [
            "EventSource": "aws:sns", "EventVersion": "1.0",
            "EventSubscriptionArn": .string(subscription.description), "Sns": notification,
        ]
        return (["Records": .array([record])] as JSON).serialized
    }

    private var attributes: JSON {
        .object(
            JSONObject(
                publication.attributes.map { attribute in
                    let text =
                        switch attribute.value {
                        case .text(let text): text
                        case .binary(let bytes): Base64.encode(bytes)
                        }
                    return (attribute.name, ["Type": .string(attribute.type), "Value": .string(text)])
                }))
    }

    /// JSON as SNS writes it: a member to a line.
    static func spaced(_ members: [(String, JSON)]) -> String {
        let lines = members.map { name, value in "  \"\(name)\" : \(value.text)" }
        return "{\n\(lines.joined(separator: ",\n"))\n}"
    }
}

/// What lets a receiver check that a notification comes from this server.
struct NotificationProof: Sendable {
    let version: Int
    let signature: String
    let certificateURL: String
}

/// Who delivers, as policies name it.
enum NotificationSender {
    static let service = "sns.amazonaws.com"
}
