import Core
import EventPattern

/// The attributes of a subscription as clients read and write them: names and texts.
///
/// Source: Amazon SNS API reference, "Subscribe", "SetSubscriptionAttributes", "GetSubscriptionAttributes".
package enum SubscriptionAttributes {
    /// What says that an endpoint is a chat, and which kind: one of ours, which AWS does not have.
    package static let format = "martlet:format"

    /// Sets attributes; none of them if one cannot be taken.
    package static func set(
        _ values: [(name: String, value: String)], of settings: inout SubscriptionSettings, for way: Subscription.Way,
        region: Region
    ) throws(TopicError) {
        var changed = settings
        for (name, value) in values { try set(name, value, of: &changed, for: way, region) }
        // The scope may come behind the policy that it is about.
        if changed.filter != settings.filter || changed.filtersBody != settings.filtersBody {
            _ = try filter(of: changed)
        }
        settings = changed
    }

    private static func set(
        _ name: String, _ value: String, of settings: inout SubscriptionSettings, for way: Subscription.Way,
        _ region: Region
    ) throws(TopicError) {
        switch name {
        case "RawMessageDelivery":
            let wrong =
                "Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [\(value.prefix(64))]. "
                + "Must be true or false."
            let isRaw = try TopicAttributes.flag(value, .badParameter(wrong))
            guard !isRaw || [.sqs, .http, .https].contains(way) else {
                throw .badParameter(
                    "Invalid parameter: Attributes Reason: RawMessageDelivery: "
                        + "Raw message delivery is not supported for protocol \(way.rawValue).")
            }
            settings.isRaw = isRaw
        case "FilterPolicy": settings.filter = value.isEmpty || value == "{}" ? nil : value
        case "FilterPolicyScope":
            guard let scope = SubscriptionFilter.Scope(rawValue: value) else {
                throw .badParameter(
                    "Invalid parameter: Attributes Reason: FilterPolicyScope: Invalid value [\(value.prefix(64))]. "
                        + "Please use either MessageBody or MessageAttributes")
            }
            settings.filtersBody = scope == .messageBody
        case "RedrivePolicy": settings.deadLetters = value.isEmpty ? nil : try deadLetters(value, region)
        case "DeliveryPolicy":
            settings.deliveryPolicy = value.isEmpty ? nil : try DeliveryPolicy.subscriptionText(value)
        case format:
            guard way == .https, let chat = ChatFormat(rawValue: value) else {
                throw .badParameter(
                    "Invalid parameter: Attributes Reason: \(format): It is \(ChatFormat.names), of an https endpoint")
            }
            settings.chat = chat
        default: throw .badParameter("Invalid parameter: AttributeName")
        }
    }

    /// The filter of a subscription, if it has one.
    static func filter(of settings: SubscriptionSettings) throws(TopicError) -> SubscriptionFilter? {
        guard let text = settings.filter else { return nil }
        do throws(SubscriptionFilterFlaw) {
            return try SubscriptionFilter(
                parsing: text, scope: settings.filtersBody ? .messageBody : .messageAttributes)
        } catch { throw .badParameter("Invalid parameter: FilterPolicy: \(error)") }
    }

    /// All settings as attributes.
    package static func texts(
        of subscription: Subscription, at address: SubscriptionAddress, in topic: NotificationTopic, region: Region
    ) -> [(name: String, value: String)] {
        let settings = subscription.settings
        var texts: [(name: String, value: String)] = [
            ("SubscriptionArn", address.arn(in: region).description),
            ("TopicArn", address.topic.arn(in: region).description), ("Owner", address.topic.account.text),
            ("Protocol", subscription.way.rawValue), ("Endpoint", subscription.endpoint),
            ("PendingConfirmation", String(!subscription.isConfirmed)),
            ("ConfirmationWasAuthenticated", String(subscription.confirmation?.isAuthenticated ?? false)),
            ("RawMessageDelivery", String(settings.isRaw)), ("SubscriptionPrincipal", subscription.principal),
        ]
        if let filter = settings.filter {
            texts.append(("FilterPolicy", filter))
            let scope: SubscriptionFilter.Scope = settings.filtersBody ? .messageBody : .messageAttributes
            texts.append(("FilterPolicyScope", scope.rawValue))
        }
        if let chat = settings.chat { texts.append((format, chat.rawValue)) }
        if let queue = settings.deadLetters {
            let policy: JSON = ["deadLetterTargetArn": .string(queue)]
            texts.append(("RedrivePolicy", policy.text))
        }
        if let policy = settings.deliveryPolicy { texts.append(("DeliveryPolicy", policy)) }
        if subscription.way == .http || subscription.way == .https {
            texts.append(
                (
                    "EffectiveDeliveryPolicy",
                    DeliveryPolicy.of(settings, in: topic.state.settings).subscriptionText
                ))
        }
        return texts
    }

    private static func deadLetters(_ text: String, _ region: Region) throws(TopicError) -> String {
        func refusal(_ reason: String) -> TopicError {
            .badParameter("Invalid parameter: RedrivePolicy: \(reason)")
        }
        // Anything but an object is refused with one sentence.
        guard let policy = (try? JSON(parsing: text))?.object else {
            throw refusal("failed to parse JSON.")
        }
        guard let target = policy["deadLetterTargetArn"]?.string else {
            throw refusal("deadLetterTargetArn is required.")
        }
        guard QueueAddress(arn: target, region: region) != nil else {
            throw refusal("deadLetterTargetArn is an invalid arn.")
        }
        return target
    }
}
