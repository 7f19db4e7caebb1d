/// What becomes of asynchronous calls: how often they are tried, how old they may get, and where their results go.
package struct EventInvokeConfiguration: Hashable, Sendable, Codable {
    package var maximumRetries: Int?
    package var maximumAgeSeconds: Int?
    package var onSuccess: String?
    package var onFailure: String?

    /// Nothing set: two retries, six hours, no destination.
    package init() {}

    /// How often a failed call is tried again.
    package var retries: Int { maximumRetries ?? 2 }

    /// Seconds after which a call that was not yet done is given up.
    package var ageSeconds: Int { maximumAgeSeconds ?? 21_600 }
}
