import Core

/// What a mailbox gets of a message: what people read, or the JSON that programs do.
///
/// The words are Amazon's own, so that filters of mailboxes need not be changed.
struct MailLetter {
    private static let farewell = "Please do not reply directly to this email."
    private static let standardName = "AWS Notifications"

    let senderName: String
    let subject: String
    let text: String
    let unsubscribeURL: String?

    /// A letter of what an endpoint gets, which is JSON; `nil` where it is none.
    init?(_ payload: [UInt8], _ kind: WebhookHead.Kind, by way: Subscription.Way, from topic: TopicSettings) {
        // What lies in the store was written by us.
        guard let json = try? JSON(parsing: payload), json.object != nil else { return nil }
        func member(_ name: String) -> String { json[name]?.string ?? "" }
        senderName = topic.displayName.isEmpty ? Self.standardName : topic.displayName
        switch kind {
        case .confirmation, .unsubscription:
            subject = "AWS Notification - Subscription Confirmation"
            unsubscribeURL = nil
        case .notification:
            subject = json["Subject"]?.string ?? "AWS Notification Message"
            unsubscribeURL = json["UnsubscribeURL"]?.string
        }
        if way == .emailJSON {
            text = String(decoding: payload, as: UTF8.self)
        } else if kind == .notification {
            text = """
                \(member("Message"))

                --
                If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:
                \(member("UnsubscribeURL"))

                \(Self.farewell)
                """
        } else {
            text = """
                You have chosen to subscribe to the topic:
                \(member("TopicArn"))

                To confirm this subscription, click or visit the link below (if this was in error no action is necessary):
                \(member("SubscribeURL"))

                The token in it, for who confirms otherwise:
                \(member("Token"))

                \(Self.farewell)
                """
        }
    }
}

extension DeliveryRetry {
    /// Twice after 10 seconds, ten times after more and more, and then every ten minutes: for more than six hours.
    ///
    /// Source: Amazon SNS developer guide, "Amazon SNS message delivery retries": customer managed endpoints.
    static let mail: DeliveryRetry = {
        var retry = DeliveryRetry(attempts: 50, age: 86_400)
        retry.delays = [10, 10] + [10, 16, 25, 39, 62, 97, 153, 242, 381, 600] + Array(repeating: 600, count: 38)
        return retry
    }()
}
