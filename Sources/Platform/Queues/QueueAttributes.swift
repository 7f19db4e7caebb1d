import AccessPolicy
import Core

/// The attributes of a queue as clients read and write them: names and texts.
///
/// Source: Amazon SQS API reference, "CreateQueue", "SetQueueAttributes", "GetQueueAttributes".
package enum QueueAttributes {
    /// The attributes that only a FIFO queue has.
    private static let fifoOnly: Set<String> = [
        "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit",
    ]
    private static let readOnly: Set<String> = [
        "QueueArn", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed", "CreatedTimestamp", "LastModifiedTimestamp",
    ]
    private static let settable: Set<String> = [
        "VisibilityTimeout", "DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds", "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId",
        "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled",
    ]

    /// Bytes of a queue's policy.
    private static let policyLimit = 8192

    /// Whether an attribute of this name can be asked for.
    package static func isKnown(_ name: String) -> Bool {
        name == "All" || name == "FifoQueue" || settable.contains(name) || readOnly.contains(name)
            || fifoOnly.contains(name)
    }

    /// Sets attributes; none of them if one cannot be taken.
    package static func set(
        _ values: [(name: String, value: String)], of settings: inout QueueSettings, region: Region
    ) throws(QueueError) {
        var changed = settings
        for (name, value) in values { try set(name, value, of: &changed, region: region) }
        if let fifo = changed.fifo, fifo != settings.fifo, fifo.limitsThroughputPerGroup, !fifo.deduplicatesInGroup {
            throw .badAttribute(
                "FifoThroughputLimit",
                reason: "perMessageGroupId is allowed only when DeduplicationScope is messageGroup.")
        }
        settings = changed
    }

    private static func set(
        _ name: String, _ value: String, of settings: inout QueueSettings, region: Region
    ) throws(QueueError) {
        if name == "FifoQueue", settings.fifo != nil {
            guard value == "true" else { throw .badAttribute(name, reason: "Modifying queue type is not supported.") }
            return
        }
        guard settable.contains(name) || (settings.fifo != nil && fifoOnly.contains(name)) else {
            throw .unknownAttribute(name)
        }
        switch name {
        case "VisibilityTimeout": settings.visibilityTimeout = try number(value, 0...43_200, name)
        case "DelaySeconds": settings.delay = try number(value, 0...900, name)
        case "MaximumMessageSize": settings.maximumMessageSize = try number(value, 1024...1_048_576, name)
        case "MessageRetentionPeriod": settings.retention = try number(value, 60...1_209_600, name)
        case "ReceiveMessageWaitTimeSeconds": settings.receiveWait = try number(value, 0...20, name)
        case "Policy": settings.policy = value.isEmpty ? nil : try policy(value)
        case "RedrivePolicy": settings.redrive = value.isEmpty ? nil : try redrive(value, region)
        case "RedriveAllowPolicy": settings.redriveAllow = value.isEmpty ? nil : try redriveAllow(value, region)
        case "KmsMasterKeyId":
            guard value.utf8.count <= 2048 else { throw .badAttribute(name, reason: "It may have at most 2048 bytes.") }
            settings.encryption.keyID = value.isEmpty ? nil : value
            if !value.isEmpty { settings.encryption.isManaged = false }
        case "KmsDataKeyReusePeriodSeconds": settings.encryption.keyReuse = try number(value, 60...86_400, name)
        case "SqsManagedSseEnabled": settings.encryption.isManaged = try flag(value, name)
        case "ContentBasedDeduplication": settings.fifo?.deduplicatesByContent = try flag(value, name)
        case "DeduplicationScope":
            settings.fifo?.deduplicatesInGroup = try choice(value, no: "queue", yes: "messageGroup", name)
        default:
            settings.fifo?.limitsThroughputPerGroup = try choice(
                value, no: "perQueue", yes: "perMessageGroupId", name)
        }
    }

    /// All settings as attributes; those that a queue does not have are left out.
    package static func texts(of settings: QueueSettings, region: Region) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = [
            ("VisibilityTimeout", String(settings.visibilityTimeout)), ("DelaySeconds", String(settings.delay)),
            ("MaximumMessageSize", String(settings.maximumMessageSize)),
            ("MessageRetentionPeriod", String(settings.retention)),
            ("ReceiveMessageWaitTimeSeconds", String(settings.receiveWait)),
        ]
        if let policy = settings.policy { texts.append(("Policy", policy)) }
        if let redrive = settings.redrive { texts.append(("RedrivePolicy", redrive.json(region).text)) }
        if let allow = settings.redriveAllow { texts.append(("RedriveAllowPolicy", allow.json(region).text)) }
        if let key = settings.encryption.keyID {
            texts.append(("KmsMasterKeyId", key))
            texts.append(("KmsDataKeyReusePeriodSeconds", String(settings.encryption.keyReuse)))
        }
        texts.append(("SqsManagedSseEnabled", String(settings.encryption.isManaged)))
        if let fifo = settings.fifo {
            texts.append(("FifoQueue", "true"))
            texts.append(("ContentBasedDeduplication", String(fifo.deduplicatesByContent)))
            texts.append(("DeduplicationScope", fifo.deduplicatesInGroup ? "messageGroup" : "queue"))
            texts.append(("FifoThroughputLimit", fifo.limitsThroughputPerGroup ? "perMessageGroupId" : "perQueue"))
        }
        return texts
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>, _ name: String) throws(QueueError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw .badAttribute(
                name,
                reason: "It must be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text.prefix(64))'.")
        }
        return number
    }

    private static func flag(_ text: String, _ name: String) throws(QueueError) -> Bool {
        try choice(text.lowercased(), no: "false", yes: "true", name)
    }

    private static func choice(_ text: String, no: String, yes: String, _ name: String) throws(QueueError) -> Bool {
        guard text == no || text == yes else {
            throw .badAttribute(name, reason: "It must be \(no) or \(yes), not '\(text.prefix(64))'.")
        }
        return text == yes
    }

    /// A policy as it is kept: checked, without white space.
    static func policy(_ text: String) throws(QueueError) -> String {
        guard text.utf8.count <= policyLimit else {
            throw .badAttribute("Policy", reason: "It may have at most \(policyLimit) bytes.")
        }
        do {
            _ = try Policy(parsing: text, use: .resource)
            return try JSON(parsing: text).text
        } catch { throw .badAttribute("Policy", reason: "\(error).") }
    }

    private static func redrive(_ text: String, _ region: Region) throws(QueueError) -> RedrivePolicy {
        let name = "RedrivePolicy"
        // Anything but an object is refused with one sentence.
        guard let json = try? JSON(parsing: text), let object = json.object else {
            throw .badValue(text, parameter: name, reason: "Redrive policy is not a valid JSON map.")
        }
        for member in ["deadLetterTargetArn", "maxReceiveCount"] where object[member] == nil {
            throw .badValue(
                text, parameter: name, reason: "Redrive policy does not contain mandatory attribute: \(member).")
        }
        let count = json["maxReceiveCount"]?.integer ?? json["maxReceiveCount"]?.string.flatMap { Int64($0) }
        guard let count, (1...1000).contains(count) else {
            throw .badValue(
                text, parameter: name,
                reason: "Invalid value for maxReceiveCount: \(json["maxReceiveCount"]?.text ?? ""), "
                    + "valid values are from 1 to 1000 both inclusive.")
        }
        guard let target = json["deadLetterTargetArn"]?.string.flatMap({ QueueAddress(arn: $0, region: region) }) else {
            throw .badValue(text, parameter: name, reason: "Invalid value for deadLetterTargetArn.")
        }
        return RedrivePolicy(target: target, maximumReceives: Int(count))
    }

    private static func redriveAllow(_ text: String, _ region: Region) throws(QueueError) -> RedriveAllowPolicy {
        let name = "RedriveAllowPolicy"
        func refusal(_ reason: String) -> QueueError {
            .badValue(
                text, parameter: name, reason: "Amazon SQS can't create the redrive allow policy, because \(reason).")
        }
        // Anything but an object is refused with one sentence.
        guard let json = try? JSON(parsing: text), json.object != nil else {
            throw refusal("it is not a valid JSON map")
        }
        let arns = json["sourceQueueArns"]?.array
        switch (json["redrivePermission"]?.string, arns) {
        case ("allowAll", nil): return .all
        case ("denyAll", nil): return .none
        case ("byQueue", let arns?) where (1...10).contains(arns.count):
            var sources: [QueueAddress] = []
            for arn in arns {
                guard let source = arn.string.flatMap({ QueueAddress(arn: $0, region: region) }) else {
                    throw refusal(
                        "sourceQueueArns holds what is no ARN of a queue of this region: \(arn.text.prefix(256))")
                }
                sources.append(source)
            }
            return .only(sources)
        case ("byQueue", _): throw refusal("byQueue needs sourceQueueArns, a list of 1 to 10 ARNs of queues")
        case ("allowAll", _), ("denyAll", _): throw refusal("sourceQueueArns belongs to byQueue only")
        default: throw refusal("redrivePermission must be allowAll, denyAll or byQueue")
        }
    }
}

extension RedrivePolicy {
    fileprivate func json(_ region: Region) -> JSON {
        [
            "deadLetterTargetArn": .string(target.arn(in: region).description),
            "maxReceiveCount": .number(JSONNumber(Int64(maximumReceives))),
        ]
    }
}

extension RedriveAllowPolicy {
    fileprivate func json(_ region: Region) -> JSON {
        switch self {
        case .all: ["redrivePermission": "allowAll"]
        case .none: ["redrivePermission": "denyAll"]
        case .only(let sources):
            [
                "redrivePermission": "byQueue",
                "sourceQueueArns": .array(sources.map { .string($0.arn(in: region).description) }),
            ]
        }
    }

    /// Whether a queue may send its messages here.
    func allows(_ source: QueueAddress) -> Bool {
        switch self {
        case .all: true
        case .none: false
        case .only(let sources): sources.contains(source)
        }
    }
}
