import Core
import Platform

extension SNSOperations {
    var subscriptionOperations: [String: Handler] {
        [
            "Subscribe": subscribe, "Unsubscribe": unsubscribe, "ConfirmSubscription": confirm,
            "ListSubscriptions": list, "ListSubscriptionsByTopic": listByTopic,
            "GetSubscriptionAttributes": getAttributes, "SetSubscriptionAttributes": setAttributes,
        ]
    }

    private static let pageSize = 100
    private static let pending = "pending confirmation"

    @Sendable private func subscribe(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let name = request.text("Protocol")
        guard let way = Subscription.Way(rawValue: name) else {
            throw TopicError.badParameter(
                "Invalid parameter: Invalid parameter: Does not support this protocol string: \(name.prefix(64))")
        }
        if request.text("Endpoint").hasPrefix(ChatFormat.prefix) {
            // Whoever lets messages go to a secret address uses the secret.
            let secret = request.text("Endpoint").dropFirst(ChatFormat.prefix.count)
            let arn = ARN(
                service: "martlet", region: request.call.region, account: request.call.account,
                resource: "secret/\(secret.prefix(128))")
            try await Guard.check(
                request.call, Action(service: "martlet", name: "UseSecret"),
                on: .named(arn, owner: request.call.account))
        }
        let new = NewSubscription(
            way: way, endpoint: request.text("Endpoint"), attributes: request.pairs("Attributes"),
            principal: request.call.principal.arn.description)
        let (id, isConfirmed) = try await topics.subscribe(new, to: topic.address)
        let arn = SubscriptionAddress(topic: topic.address, id: id).arn(in: request.call.region)
        let isShown = isConfirmed || request.input["ReturnSubscriptionArn"]?.bool == true
        return ["SubscriptionArn": .string(isShown ? arn.description : Self.pending)]
    }

    @Sendable private func unsubscribe(_ request: SNSRequest) async throws -> WireValue {
        try await topics.unsubscribe(request.subscription())
        return [:]
    }

    @Sendable private func confirm(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let flag = request.input["AuthenticateOnUnsubscribe"]?.string?.lowercased()
        guard [nil, "true", "false"].contains(flag) else {
            throw TopicError.badParameter("Invalid parameter: AuthenticateOnUnsubscribe")
        }
        let id = try await topics.confirm(
            request.text("Token"), of: topic.address, isSigned: true, guardsItsEnd: flag == "true")
        let arn = SubscriptionAddress(topic: topic.address, id: id).arn(in: request.call.region)
        return ["SubscriptionArn": .string(arn.description)]
    }

    @Sendable private func list(_ request: SNSRequest) async throws -> WireValue {
        let page = try await topics.subscriptions(after: SNSPage.last(request), limit: Self.pageSize)
        return [
            "Subscriptions": .list(page.found.map { Self.value($0.value, $0.place, request.call.region) }),
            "NextToken": WireValue(page.last.map(Marker.text)),
        ]
    }

    @Sendable private func listByTopic(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let last = try SNSPage.last(request) ?? ""
        let all = topic.subscriptions.map { (id: $0.key.description, key: $0.key, value: $0.value) }
            .filter { $0.id > last }.sorted { $0.id < $1.id }
        let page = all.prefix(Self.pageSize)
        return [
            "Subscriptions": .list(
                page.map {
                    Self.value(
                        $0.value, SubscriptionAddress(topic: topic.address, id: $0.key), request.call.region)
                }),
            "NextToken": WireValue(page.count < all.count ? page.last.map { Marker.text($0.id) } : nil),
        ]
    }

    @Sendable private func getAttributes(_ request: SNSRequest) async throws -> WireValue {
        let (place, topic, subscription) = try await found(request)
        let texts = SubscriptionAttributes.texts(
            of: subscription, at: place, in: topic, region: request.call.region)
        return ["Attributes": .structure(WireFields(texts.map { ($0.name, .string($0.value)) }))]
    }

    @Sendable private func setAttributes(_ request: SNSRequest) async throws -> WireValue {
        let place = try await found(request).place
        try await topics.set(request.text("AttributeName"), to: request.text("AttributeValue"), of: place)
        return [:]
    }

    private func found(
        _ request: SNSRequest
    ) async throws(TopicError) -> (place: SubscriptionAddress, topic: NotificationTopic, value: Subscription) {
        let place = try request.subscription()
        let topic: NotificationTopic
        do throws(TopicError) { topic = try await topics.topic(place.topic) } catch {
            throw error == .missing ? .subscriptionMissing : error
        }
        guard let subscription = topic.subscriptions[place.id] else { throw .subscriptionMissing }
        return (place, topic, subscription)
    }

    private static func value(
        _ subscription: Subscription, _ place: SubscriptionAddress, _ region: Region
    ) -> WireValue {
        [
            "SubscriptionArn": .string(
                subscription.isConfirmed ? place.arn(in: region).description : "PendingConfirmation"),
            "Owner": .string(place.topic.account.text), "Protocol": .string(subscription.way.rawValue),
            "Endpoint": .string(subscription.endpoint),
            "TopicArn": .string(place.topic.arn(in: region).description),
        ]
    }
}
