import Core

/// An event bus as it is kept.
package struct EventBus: Hashable, Sendable, Codable {
    /// Most tags of a bus or a rule.
    package static let tagLimit = 50
    /// Most bytes of a bus's policy.
    package static let policyLimit = 10_240

    package let created: Instant
    package var modified: Instant
    package var settings: EventBusSettings
    package var tags: [String: String]
    /// Who else may put events and rules on it, as compact JSON.
    package var policy: String?

    /// A new bus, without a policy.
    package init(settings: EventBusSettings, tags: [String: String], at now: Instant) {
        (created, modified) = (now, now)
        self.settings = settings
        self.tags = tags
    }
}

/// What the owner of a bus may say of it.
package struct EventBusSettings: Hashable, Sendable, Codable {
    package var summary: String?
    /// Kept and given back; what seals rules are the platform's own keys.
    package var keyID: String?
    /// Kept and given back; every rule names its own queue for what cannot be delivered.
    package var deadLetter: String?
    /// Kept and given back, as JSON.
    package var logging: String?

    /// Says nothing.
    package init() {}
}
