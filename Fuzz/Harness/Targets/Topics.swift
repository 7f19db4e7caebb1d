import Core

@testable import Egress
@testable import Platform

extension FuzzTarget {
    /// What topics read of their users.
    static let topics = [deliveryPolicies, webAddresses, chatMessages]

    private static let deliveryPolicies = FuzzTarget(
        "delivery-policies",
        texts: [
            #"{"healthyRetryPolicy":{"numRetries":6,"numNoDelayRetries":1,"minDelayTarget":2,"maxDelayTarget":10}}"#,
            #"{"http":{"defaultHealthyRetryPolicy":{"backoffFunction":"exponential"},"defaultThrottlePolicy":null}}"#,
        ]
    ) { bytes in
        if let text = accepted({ () throws(TopicError) in try DeliveryPolicy.subscriptionText(bytes.text) }) {
            var settings = SubscriptionSettings()
            settings.deliveryPolicy = text
            let policy = DeliveryPolicy.of(settings, in: TopicSettings(isFIFO: false))
            require(policy.delays.count == policy.retries && policy.delays.reduce(0, +) <= 3600)
        }
        if let text = accepted({ () throws(TopicError) in try DeliveryPolicy.topicText(bytes.text) }) {
            require(accepted { () throws(TopicError) in try DeliveryPolicy.topicText(text) } == text)
        }
    }

    private static let webAddresses = FuzzTarget(
        "web-addresses", texts: ["https://example.com:8443/a?b=c", "http://[2001:db8::1]/", "https://127.1/"]
    ) { bytes in
        guard let address = WebAddress(bytes.text) else { return }
        require(address.path.hasPrefix("/") && !address.path.utf8.contains { $0 <= 0x20 })
    }

    private static let chatMessages = FuzzTarget("chat-messages", texts: ["a <!channel> b", "@all", "\u{0}"]) { bytes in
        for format in ChatFormat.allCases {
            require(accepted { try JSON(parsing: format.body(bytes.text, subject: bytes.text)) } != nil)
        }
    }
}
