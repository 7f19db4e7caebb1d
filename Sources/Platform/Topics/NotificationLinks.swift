import Core
import FoundationEssentials
import Vault

/// The links in what receivers get: to confirm a subscription, to end one, and to the certificate.
///
/// What a link allows is sealed in it with the topic's key, for one subscription and one use: nobody can make one, and
/// all of a topic's links end with the topic.
package struct NotificationLinks: Sendable {
    /// What a token lets its holder do.
    enum Use: String { case confirm, unsubscribe, restore }

    /// The path of links, which no operation of a service has.
    package static let path = "/martlet/topics"
    /// For how long a subscription may be confirmed.
    ///
    /// Source: Amazon SNS API reference, "ConfirmSubscription": three days.
    private static let patience: Int64 = 3 * 86_400_000
    /// More than a token is long.
    private static let limit = 4096
    /// Bytes of a subscription that can be restored: what a link has room for.
    private static let subscriptionLimit = 2048

    /// Where the server is reached, without a path.
    let home: String

    /// Where the certificate lies with which the server's signatures can be checked.
    var certificateURL: String { "\(home)\(Self.path)/certificate.pem" }

    /// Where a subscription is confirmed.
    func confirmURL(_ topic: ARN, token: String) -> String {
        "\(home)\(Self.path)?Action=ConfirmSubscription&TopicArn=\(topic)&Token=\(token)"
    }

    /// Where a subscription ends.
    func unsubscribeURL(_ subscription: ARN, token: String) -> String {
        "\(home)\(Self.path)?Action=Unsubscribe&SubscriptionArn=\(subscription)&Token=\(token)"
    }

    /// A token for one subscription.
    static func token(
        for use: Use, _ id: SubscriptionID, in topic: NotificationTopic, at now: Instant
    ) -> String {
        Base64URL.encode(topic.key.seal(Array("\(now.milliseconds) \(id)".utf8), binding: binding(use, topic)))
    }

    /// The subscription that a token is for; `nil` where the topic gave out no such token, or too long ago.
    static func subscription(
        of token: String, for use: Use, in topic: NotificationTopic, at now: Instant
    ) -> SubscriptionID? {
        // Whatever does not open was given out by nobody.
        guard token.utf8.count <= limit, let sealed = Base64URL.decode(token),
            let opened = try? topic.key.open(sealed, binding: binding(use, topic))
        else { return nil }
        let parts = String(decoding: opened, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let made = Int64(parts[0]), let id = SubscriptionID(parts[1]),
            use == .unsubscribe || now.milliseconds - made <= patience
        else { return nil }
        return id
    }

    /// A token that brings back a subscription as it was; `nil` where it is too large for a link.
    static func token(
        restoring subscription: Subscription, _ id: SubscriptionID, in topic: NotificationTopic, at now: Instant
    ) -> String? {
        // What cannot be encoded was never stored.
        guard let text = try? JSONEncoder().encode(subscription), text.count <= subscriptionLimit else { return nil }
        let content = Array("\(now.milliseconds) \(id) ".utf8) + Array(text)
        return Base64URL.encode(topic.key.seal(content, binding: binding(.restore, topic)))
    }

    /// The subscription that a token brings back; `nil` where the topic gave out no such token, or too long ago.
    static func restored(
        by token: String, in topic: NotificationTopic, at now: Instant
    ) -> (id: SubscriptionID, subscription: Subscription)? {
        // Whatever does not open was given out by nobody.
        guard token.utf8.count <= limit, let sealed = Base64URL.decode(token),
            let opened = try? topic.key.open(sealed, binding: binding(.restore, topic))
        else { return nil }
        let parts = opened.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard parts.count == 3, let made = Int64(String(decoding: parts[0], as: UTF8.self)),
            now.milliseconds - made <= patience, let id = SubscriptionID(String(decoding: parts[1], as: UTF8.self)),
            let subscription = try? JSONDecoder().decode(Subscription.self, from: Data(parts[2]))
        else { return nil }
        return (id, subscription)
    }

    private static func binding(_ use: Use, _ topic: NotificationTopic) -> Binding {
        Binding(account: topic.address.account, resource: topic.incarnation, use: "link:\(use.rawValue)")
    }
}
