import AccessPolicy
import Core

/// The circumstances of a request that conditions of a policy may ask for.
///
/// Source: IAM user guide, "AWS global condition context keys".
package struct AccessContext: Sendable {
    package let time: Instant
    package let sourceAddress: String?
    package let region: Region?
    package let userAgent: String?
    /// What the service knows of the request: keys in lower case, such as `iam:passedtoservice`.
    package var facts: [String: ContextValue]
    /// The tags of what is acted on, by their keys as conditions know them; `nil` until a policy asks for them.
    package var resourceTags: [String: String]?
    /// What somebody who asks about a request, without making it, says of its circumstances: it stands above all else.
    package var assumed: [String: ContextValue] = [:]

    /// Says when a request came and, where that is known, from where and by what; the service adds its own facts.
    package init(
        time: Instant, sourceAddress: String? = nil, region: Region? = nil, userAgent: String? = nil,
        facts: [String: ContextValue] = [:], resourceTags: [String: String]? = nil
    ) {
        self.time = time
        self.sourceAddress = sourceAddress
        self.region = region
        self.userAgent = userAgent
        self.facts = facts
        self.resourceTags = resourceTags
    }

    /// The value of a key that says nothing of who asks.
    func value(of key: ContextKey, for service: String) -> ContextValue? {
        if !assumed.isEmpty, let value = assumed[key.folded] { return value }
        if key.isResourceTag(of: service) { return key.tag.flatMap { resourceTags?[$0] }.map { .text($0) } }
        guard key.tag == nil else { return facts[key.folded] }
        return switch key.name {
        case "aws:currenttime": .instant(time)
        case "aws:epochtime": .number(time.milliseconds / 1000)
        case "aws:sourceip": sourceAddress.map { .text($0) }
        case "aws:requestedregion": region.map { .text($0.text) }
        case "aws:useragent": userAgent.map { .text($0) }
        // Clients reach the server over loopback, or through a proxy of the operator's that ends TLS.
        case "aws:securetransport": .flag(false)
        case "aws:viaawsservice": .flag(false)
        default: facts[key.name]
        }
    }
}
