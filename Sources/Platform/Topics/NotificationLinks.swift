import Core
import Vault

/// The links in what receivers get: to confirm a subscription, to end one, and to the certificate.
///
/// What a link allows is sealed in it with the topic's key, for one subscription and one use: nobody can make one, and
/// all of a topic's links end with the topic.
package struct NotificationLinks: Sendable {
    /// What a token lets its holder do.
    enum Use: String { case confirm, unsubscribe }

    /// The path of links, which no operation of a service has.
    package static let path = "/martlet/topics"
    /// For how long a subscription may be confirmed.
    ///
    /// Source: Amazon SNS API reference, "ConfirmSubscription": three days.
    private static let patience: Int64 = 3 * 86_400_000
    /// More than a token is long.
    private static let limit = 1024

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

    private static func binding(_ use: Use, _ topic: NotificationTopic) -> Binding {
        Binding(account: topic.address.account, resource: topic.incarnation, use: "link:\(use.rawValue)")
    }
}
