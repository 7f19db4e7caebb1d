import Core

/// Somebody who gets what is published to a topic.
package struct Subscription: Hashable, Sendable, Codable {
    /// How messages get to an endpoint, as clients spell it.
    package enum Way: String, Hashable, Sendable, Codable, CaseIterable {
        case sqs, lambda, http, https, email
        case emailJSON = "email-json"

        /// Whether the endpoint has to say first that it wants messages.
        package var needsConfirmation: Bool { self != .sqs && self != .lambda }
    }

    package let way: Way
    package let endpoint: String
    /// The ARN of who subscribed.
    package let principal: String
    package let created: Instant
    package var settings: SubscriptionSettings
    /// `nil` until the endpoint has said that it wants messages.
    package var confirmation: Confirmation?

    /// How a subscription came into force.
    package struct Confirmation: Hashable, Sendable, Codable {
        /// Whether the one who confirmed, or subscribed what need not be confirmed, had signed for it.
        package let isAuthenticated: Bool
        /// Whether only who signs may end it.
        package let guardsItsEnd: Bool
    }

    /// Whether messages go over the network, to what the subscription itself stands for.
    var isOnTheWeb: Bool { way.needsConfirmation }

    /// Whether messages go to a web server, which speaks the protocol of topics.
    var isWebServer: Bool { (way == .http || way == .https) && settings.chat == nil }

    /// Whether messages go to a mailbox.
    var isMail: Bool { way == .email || way == .emailJSON }

    package var isConfirmed: Bool { confirmation != nil }
}

/// How a subscription behaves: what its owner may set.
///
/// Source: Amazon SNS API reference, "SetSubscriptionAttributes".
package struct SubscriptionSettings: Hashable, Sendable, Codable {
    package var isRaw = false
    /// The filter policy, as compact JSON.
    package var filter: String?
    package var filtersBody = false
    /// The ARN of the queue for what cannot be delivered.
    package var deadLetters: String?
    /// Set where the endpoint is the incoming webhook of a chat.
    package var chat: ChatFormat?
    /// How the endpoint is tried again, as compact JSON.
    package var deliveryPolicy: String?

    /// The standard settings.
    package init() {}
}
