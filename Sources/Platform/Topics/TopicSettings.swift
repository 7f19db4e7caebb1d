import Core

/// How a topic behaves: what its owner may set.
///
/// Source: Amazon SNS API reference, "SetTopicAttributes".
package struct TopicSettings: Hashable, Sendable, Codable {
    package var displayName = ""
    /// The topic's own policy, as compact JSON; the standard one where nothing was set.
    package var policy: String?
    /// How HTTP endpoints are tried again, as compact JSON.
    package var deliveryPolicy: String?
    /// Kept and given back; subscriptions are sealed with the topic's own key in any case.
    package var keyID: String?
    /// 1 for signatures with SHA-1, 2 for SHA-256.
    package var signatureVersion = 1
    package var tracing = "PassThrough"
    /// Set on FIFO topics only.
    package var fifo: FIFOSettings?
    /// What is kept and given back, and has no effect: roles for delivery status logs.
    package var kept: [String: String] = [:]

    /// What only FIFO topics have.
    package struct FIFOSettings: Hashable, Sendable, Codable {
        package var deduplicatesByContent = false
        /// Whether deduplication ids count in their group only.
        package var deduplicatesInGroup = false
    }

    /// The standard settings of a topic.
    package init(isFIFO: Bool) { if isFIFO { fifo = FIFOSettings() } }
}
