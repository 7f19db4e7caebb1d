import Core

/// What an endpoint on the web is told of a message beside its body.
///
/// Source: Amazon SNS developer guide, "HTTP/HTTPS notification JSON format".
struct WebhookHead {
    /// What the message is.
    enum Kind: String {
        case notification = "Notification"
        case confirmation = "SubscriptionConfirmation"
        case unsubscription = "UnsubscribeConfirmation"
    }

    let kind: Kind
    let id: MessageID
    let isRaw: Bool
    let contentType: String

    init(kind: Kind, id: MessageID, isRaw: Bool = false, contentType: String = DeliveryPolicy().contentType) {
        self.kind = kind
        self.id = id
        self.isRaw = isRaw
        self.contentType = contentType
    }

    /// Reads what `notes` wrote; `nil` where a parcel is none for an endpoint.
    init?(notes: [String: String]) {
        guard let kind = notes["type"].flatMap(Kind.init(rawValue:)), let id = notes["id"].flatMap({ RequestID($0) })
        else { return nil }
        self.init(
            kind: kind, id: MessageID(id), isRaw: notes["raw"] != nil,
            contentType: notes["content"] ?? DeliveryPolicy().contentType)
    }

    /// What a parcel carries along.
    var notes: [String: String] {
        var notes = ["type": kind.rawValue, "id": id.description, "content": contentType]
        if isRaw { notes["raw"] = "true" }
        return notes
    }

    /// The headers of the request.
    func headers(_ topic: ARN, _ subscription: ARN) -> [(name: String, value: String)] {
        var headers = [
            ("x-amz-sns-message-type", kind.rawValue), ("x-amz-sns-message-id", id.description),
            ("x-amz-sns-topic-arn", topic.description),
        ]
        if kind != .confirmation { headers.append(("x-amz-sns-subscription-arn", subscription.description)) }
        if isRaw { headers.append(("x-amz-sns-rawdelivery", "true")) }
        return headers + [
            ("Content-Type", contentType), ("User-Agent", "Amazon Simple Notification Service Agent"),
        ]
    }
}
