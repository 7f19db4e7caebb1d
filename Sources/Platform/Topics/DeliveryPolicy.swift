import Core

/// How an HTTP endpoint is tried again, and what it is told of the content.
///
/// Source: Amazon SNS developer guide, "Amazon SNS message delivery retries", "Creating an HTTP/S delivery policy".
struct DeliveryPolicy: Hashable, Sendable {
    /// How waiting grows between the first and the last of the retries that back off.
    enum Growth: String, Hashable, Sendable { case linear, arithmetic, geometric, exponential }

    private static let contentTypes: Set<String> = [
        "text/plain; charset=UTF-8", "text/plain", "text/css", "text/csv", "text/html", "text/xml",
        "application/json", "application/atom+xml", "application/octet-stream", "application/soap+xml",
        "application/x-www-form-urlencoded", "application/xhtml+xml", "application/xml",
    ]
    /// Seconds that all retries together may take.
    private static let timeLimit = 3600

    var minimumDelay = 20
    var maximumDelay = 20
    var retries = 3
    var retriesAtOnce = 0
    var retriesAtMinimum = 0
    var retriesAtMaximum = 0
    var growth = Growth.linear
    var forbidsOverrides = false
    var contentType = "text/plain; charset=UTF-8"

    /// The seconds before each retry.
    var delays: [Int] {
        let growing = max(0, retries - retriesAtOnce - retriesAtMinimum - retriesAtMaximum)
        let between = (0..<growing).map { step in
            let part = growing > 1 ? Double(step) / Double(growing - 1) : 0
            let (low, high) = (Double(minimumDelay), Double(maximumDelay))
            let delay =
                switch growth {
                case .linear: low + (high - low) * part
                case .arithmetic: low + (high - low) * part * (part + 1) / 2
                case .geometric: low + (high - low) * part * part
                case .exponential: low + (high - low) * part * part * part
                }
            return Int(delay.rounded())
        }
        return Array(repeating: 0, count: retriesAtOnce) + Array(repeating: minimumDelay, count: retriesAtMinimum)
            + between + Array(repeating: maximumDelay, count: retriesAtMaximum)
    }

    /// The same, as deliveries know it.
    var retry: DeliveryRetry {
        var retry = DeliveryRetry(attempts: retries, age: 86_400)
        retry.delays = delays
        return retry
    }

    /// The policy in force for a subscription.
    static func of(_ subscription: SubscriptionSettings, in topic: TopicSettings) -> DeliveryPolicy {
        var policy = DeliveryPolicy()
        // Both texts were read when they were set.
        if let text = topic.deliveryPolicy { policy = (try? ofTopic(text)) ?? policy }
        guard let text = subscription.deliveryPolicy, !policy.forbidsOverrides else { return policy }
        return (try? policy.overridden(by: text)) ?? policy
    }

    /// A topic's policy as it is kept: checked, without white space.
    static func topicText(_ text: String) throws(TopicError) -> String {
        _ = try ofTopic(text)
        return try object(text).text
    }

    /// A subscription's policy as it is kept: checked, without white space.
    static func subscriptionText(_ text: String) throws(TopicError) -> String {
        _ = try DeliveryPolicy().overridden(by: text)
        return try object(text).text
    }

    /// The policy in force for subscriptions of a topic without one of their own.
    static func effectiveTopicText(_ text: String?) -> String {
        // The text was read when it was set.
        let policy = text.flatMap { try? ofTopic($0) } ?? DeliveryPolicy()
        let http: JSON = [
            "defaultHealthyRetryPolicy": policy.retryJSON,
            "disableSubscriptionOverrides": .bool(policy.forbidsOverrides),
            "defaultRequestPolicy": ["headerContentType": .string(policy.contentType)],
        ]
        return (["http": http] as JSON).text
    }

    /// The policy as a subscription shows it.
    var subscriptionText: String {
        let policy: JSON = [
            "healthyRetryPolicy": retryJSON, "sicklyRetryPolicy": nil, "throttlePolicy": nil,
            "requestPolicy": ["headerContentType": .string(contentType)], "guaranteed": false,
        ]
        return policy.text
    }

    private var retryJSON: JSON {
        func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
        return [
            "minDelayTarget": number(minimumDelay), "maxDelayTarget": number(maximumDelay),
            "numRetries": number(retries), "numMaxDelayRetries": number(retriesAtMaximum),
            "numNoDelayRetries": number(retriesAtOnce), "numMinDelayRetries": number(retriesAtMinimum),
            "backoffFunction": .string(growth.rawValue),
        ]
    }

    private static func object(_ text: String) throws(TopicError) -> JSON {
        guard text.utf8.count <= 8192 else { throw refusal("it may have at most 8192 bytes") }
        let json: JSON
        do { json = try JSON(parsing: text) } catch {
            throw refusal("failed to parse JSON: \(error.reason) at byte \(error.offset)")
        }
        guard json.object != nil else { throw refusal("failed to parse JSON: it is not an object") }
        return json
    }

    private static func ofTopic(_ text: String) throws(TopicError) -> DeliveryPolicy {
        let json = try object(text)
        try check(json, ["http", "default"], in: "")
        guard let http = json["http"] else { return DeliveryPolicy() }
        let names = [
            "defaultHealthyRetryPolicy", "disableSubscriptionOverrides", "defaultThrottlePolicy",
            "defaultRequestPolicy", "defaultSicklyRetryPolicy",
        ]
        try check(http, names, in: "http.")
        var policy = DeliveryPolicy()
        if let retry = http["defaultHealthyRetryPolicy"] { try policy.readRetry(retry) }
        if let request = http["defaultRequestPolicy"] { try policy.readRequest(request) }
        if let throttle = http["defaultThrottlePolicy"] { try readThrottle(throttle) }
        policy.forbidsOverrides = http["disableSubscriptionOverrides"]?.bool ?? false
        return policy
    }

    private func overridden(by text: String) throws(TopicError) -> DeliveryPolicy {
        let json = try Self.object(text)
        let names = ["healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"]
        try Self.check(json, names, in: "")
        var policy = self
        if let retry = json["healthyRetryPolicy"], !retry.isNull { try policy.readRetry(retry) }
        if let request = json["requestPolicy"], !request.isNull { try policy.readRequest(request) }
        if let throttle = json["throttlePolicy"], !throttle.isNull { try Self.readThrottle(throttle) }
        return policy
    }

    private static func check(_ json: JSON, _ names: [String], in place: String) throws(TopicError) {
        guard let object = json.object else { throw refusal("Unexpected JSON member: \(place.dropLast())") }
        if let unknown = object.members.first(where: { !names.contains($0.key) }) {
            throw refusal("Unexpected JSON member: \(place)\(unknown.key.prefix(64))")
        }
    }

    private mutating func readRetry(_ json: JSON) throws(TopicError) {
        let names = [
            "minDelayTarget", "maxDelayTarget", "numRetries", "numMaxDelayRetries", "numNoDelayRetries",
            "numMinDelayRetries", "backoffFunction",
        ]
        try Self.check(json, names, in: "healthyRetryPolicy.")
        minimumDelay = try Self.number(json, "minDelayTarget", 1...3600, minimumDelay)
        maximumDelay = try Self.number(json, "maxDelayTarget", 1...3600, max(minimumDelay, maximumDelay))
        retries = try Self.number(json, "numRetries", 0...100, retries)
        retriesAtOnce = try Self.number(json, "numNoDelayRetries", 0...100, 0)
        retriesAtMinimum = try Self.number(json, "numMinDelayRetries", 0...100, 0)
        retriesAtMaximum = try Self.number(json, "numMaxDelayRetries", 0...100, 0)
        if let text = json["backoffFunction"], !text.isNull {
            guard let growth = text.string.flatMap(Growth.init(rawValue:)) else {
                throw Self.refusal("backoffFunction must be one of linear, arithmetic, geometric, exponential")
            }
            self.growth = growth
        }
        guard minimumDelay <= maximumDelay else {
            throw Self.refusal("minDelayTarget must be less than or equal to maxDelayTarget")
        }
        guard retriesAtOnce + retriesAtMinimum + retriesAtMaximum <= retries else {
            throw Self.refusal("numRetries must be greater than or equal to the sum of the retries of its phases")
        }
        guard delays.reduce(0, +) <= Self.timeLimit else {
            throw Self.refusal("The total retry time must be at most \(Self.timeLimit) seconds")
        }
    }

    private mutating func readRequest(_ json: JSON) throws(TopicError) {
        try Self.check(json, ["headerContentType"], in: "requestPolicy.")
        guard let text = json["headerContentType"], !text.isNull else { return }
        guard let type = text.string, Self.contentTypes.contains(type) else {
            throw Self.refusal("headerContentType is not one of the supported content types")
        }
        contentType = type
    }

    /// Throttling is read and kept; a lane of each endpoint's own takes its place.
    private static func readThrottle(_ json: JSON) throws(TopicError) {
        guard !json.isNull else { return }
        try check(json, ["maxReceivesPerSecond"], in: "throttlePolicy.")
        _ = try number(json, "maxReceivesPerSecond", 1...Int(Int32.max), 1)
    }

    private static func number(
        _ json: JSON, _ name: String, _ range: ClosedRange<Int>, _ standard: Int
    ) throws(TopicError) -> Int {
        guard let value = json[name], !value.isNull else { return standard }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw refusal("\(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func refusal(_ reason: String) -> TopicError {
        .badParameter("Invalid parameter: DeliveryPolicy: \(reason)")
    }
}
