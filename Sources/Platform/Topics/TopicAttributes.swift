import AccessPolicy
import Core

/// The attributes of a topic as clients read and write them: names and texts.
///
/// Source: Amazon SNS API reference, "CreateTopic", "SetTopicAttributes", "GetTopicAttributes".
package enum TopicAttributes {
    /// Bytes of a topic's policy, and of any other attribute.
    private static let policyLimit = 30_720
    private static let textLimit = 2048

    /// The roles and rates of delivery status logs, which are kept and have no effect.
    private static let feedback: Set<String> = Set(
        ["HTTP", "Firehose", "Lambda", "Application", "SQS"].flatMap { service in
            ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"].map { service + $0 }
        })

    /// Sets attributes; none of them if one cannot be taken.
    package static func set(
        _ values: [(name: String, value: String)], of settings: inout TopicSettings
    ) throws(TopicError) {
        var changed = settings
        for (name, value) in values { try set(name, value, of: &changed) }
        settings = changed
    }

    private static func set(_ name: String, _ value: String, of settings: inout TopicSettings) throws(TopicError) {
        let wrong = TopicError.badParameter("Invalid parameter: \(name)")
        switch name {
        case "DisplayName":
            guard value.utf8.count <= 100, !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw wrong }
            settings.displayName = value
        case "Policy": settings.policy = value.isEmpty ? nil : try policy(value)
        case "DeliveryPolicy":
            settings.deliveryPolicy = value.isEmpty ? nil : try DeliveryPolicy.topicText(value)
        case "KmsMasterKeyId":
            guard value.utf8.count <= textLimit else { throw wrong }
            settings.keyID = value.isEmpty ? nil : value
        case "SignatureVersion":
            guard let version = ["1": 1, "2": 2][value] else { throw wrong }
            settings.signatureVersion = version
        case "TracingConfig":
            guard ["PassThrough", "Active"].contains(value) else { throw wrong }
            settings.tracing = value
        case "ContentBasedDeduplication" where settings.fifo != nil:
            settings.fifo?.deduplicatesByContent = try flag(value, wrong)
        case "FifoThroughputScope" where settings.fifo != nil:
            guard ["Topic", "MessageGroup"].contains(value) else { throw wrong }
            settings.fifo?.deduplicatesInGroup = value == "MessageGroup"
        case let name where feedback.contains(name):
            guard value.utf8.count <= textLimit else { throw wrong }
            settings.kept[name] = value.isEmpty ? nil : value
        default: throw .badParameter("Invalid parameter: AttributeName")
        }
    }

    /// All settings as attributes; those that a topic does not have are left out.
    package static func texts(of settings: TopicSettings, on arn: ARN) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = [
            ("Policy", policyText(of: settings, on: arn)), ("DisplayName", settings.displayName),
            ("EffectiveDeliveryPolicy", DeliveryPolicy.effectiveTopicText(settings.deliveryPolicy)),
            ("TracingConfig", settings.tracing),
        ]
        if let policy = settings.deliveryPolicy { texts.append(("DeliveryPolicy", policy)) }
        if let key = settings.keyID { texts.append(("KmsMasterKeyId", key)) }
        if settings.signatureVersion != 1 { texts.append(("SignatureVersion", String(settings.signatureVersion))) }
        if let fifo = settings.fifo {
            texts.append(("FifoTopic", "true"))
            texts.append(("ContentBasedDeduplication", String(fifo.deduplicatesByContent)))
            texts.append(("FifoThroughputScope", fifo.deduplicatesInGroup ? "MessageGroup" : "Topic"))
        }
        return texts + settings.kept.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The policy that clients see: the one that was set, else the one that every new topic shows.
    ///
    /// That one lets in who the account's own policies let in, and nobody else: nothing here has an `aws:SourceOwner`.
    package static func policyText(of settings: TopicSettings, on arn: ARN) -> String {
        if let policy = settings.policy { return policy }
        let actions = [
            "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
            "ListSubscriptionsByTopic", "Publish",
        ]
        let statement: JSON = [
            "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": ["AWS": "*"],
            "Action": .array(actions.map { .string("SNS:\($0)") }), "Resource": .string(arn.description),
            "Condition": ["StringEquals": ["AWS:SourceOwner": .string(arn.account)]],
        ]
        let document: JSON = [
            "Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": .array([statement]),
        ]
        return document.text
    }

    /// A policy as it is kept: checked, without white space.
    static func policy(_ text: String) throws(TopicError) -> String {
        guard text.utf8.count <= policyLimit else {
            throw .badParameter("Invalid parameter: Policy Error: it may have at most \(policyLimit) bytes")
        }
        do {
            _ = try Policy(parsing: text, use: .resource)
            return try JSON(parsing: text).text
        } catch { throw .badParameter("Invalid parameter: Policy Error: \(error)") }
    }

    static func flag(_ text: String, _ wrong: TopicError) throws(TopicError) -> Bool {
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw wrong
        }
    }
}
