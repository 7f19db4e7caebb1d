import Core
import EventPattern
import Storage

/// What somebody asks for who subscribes.
package struct NewSubscription: Sendable {
    package let way: Subscription.Way
    package let endpoint: String
    package let attributes: [(name: String, value: String)]
    /// The ARN of who subscribes.
    package let principal: String

    /// Takes all that is asked for; nothing is checked here.
    package init(
        way: Subscription.Way, endpoint: String, attributes: [(name: String, value: String)], principal: String
    ) {
        self.way = way
        self.endpoint = endpoint
        self.attributes = attributes
        self.principal = principal
    }
}

extension Topics {
    /// Subscribes an endpoint; one that is subscribed already keeps its subscription.
    ///
    /// An endpoint that has to confirm is asked to, also when it was asked before.
    package func subscribe(
        _ new: NewSubscription, to address: TopicAddress
    ) async throws(TopicError) -> (id: SubscriptionID, isConfirmed: Bool) {
        let region = region
        var settings = SubscriptionSettings()
        try SubscriptionAttributes.set(new.attributes, of: &settings, for: new.way, region: region)
        try SubscriptionEndpoint.check(
            new.endpoint, for: new.way, settings.chat, of: try await topic(address), region: region, calls)
        let (records, wanted) = (records, settings)
        let id = try await change(address) { (topic, operations) throws(TopicError) -> SubscriptionID in
            if let found = topic.subscription(of: new.endpoint, by: new.way) {
                try Self.check(found.value.settings, has: new.attributes, of: wanted)
                return found.id
            }
            try Self.makeRoom(in: topic, filtering: wanted.filter != nil)
            let confirmation =
                new.way.needsConfirmation && wanted.chat == nil
                ? nil : Subscription.Confirmation(isAuthenticated: true, guardsItsEnd: false)
            let subscription = Subscription(
                way: new.way, endpoint: new.endpoint, principal: new.principal, created: .now, settings: wanted,
                confirmation: confirmation)
            let id = SubscriptionID()
            try topic.set(subscription, as: id)
            operations.append(try records.put(subscription, as: id, in: topic))
            return id
        }
        let topic = try await topic(address)
        let isConfirmed = topic.subscriptions[id]?.isConfirmed ?? false
        if !isConfirmed { try await askToConfirm(id, in: topic) }
        return (id, isConfirmed)
    }

    private static func check(
        _ own: SubscriptionSettings, has attributes: [(name: String, value: String)], of wanted: SubscriptionSettings
    ) throws(TopicError) {
        guard attributes.isEmpty || own == wanted else { throw .subscriptionExists }
    }

    /// Sets an attribute of a subscription.
    package func set(
        _ name: String, to value: String, of place: SubscriptionAddress
    ) async throws(TopicError) {
        let (region, records) = (region, records)
        try await changeSubscription(place) { (topic, operations) throws(TopicError) in
            guard var subscription = topic.subscriptions[place.id] else { throw .subscriptionMissing }
            // What is no chat has confirmed, or will, that it wants messages as they are.
            guard name != SubscriptionAttributes.format || subscription.settings.chat != nil else {
                throw .badParameter("Invalid parameter: AttributeName")
            }
            let hadFilter = subscription.settings.filter != nil
            try SubscriptionAttributes.set(
                [(name, value)], of: &subscription.settings, for: subscription.way, region: region)
            guard hadFilter || subscription.settings.filter == nil || topic.filterCount < Self.filterLimit else {
                throw .tooManyFilters(limit: Self.filterLimit)
            }
            try topic.set(subscription, as: place.id)
            operations.append(try records.put(subscription, as: place.id, in: topic))
        }
    }

    /// Whether a token was given out to confirm a subscription of a topic.
    package nonisolated func gaveOut(_ token: String, toConfirmAt address: TopicAddress) async throws(TopicError)
        -> Bool
    {
        guard let topic = try await present(address) else { return false }
        return NotificationLinks.subscription(of: token, for: .confirm, in: topic, at: .now) != nil
            || NotificationLinks.restored(by: token, in: topic, at: .now) != nil
    }

    /// Whether a token was given out to end a subscription.
    package nonisolated func gaveOut(_ token: String, toEnd place: SubscriptionAddress) async throws(TopicError) -> Bool
    {
        guard let topic = try await present(place.topic) else { return false }
        return NotificationLinks.subscription(of: token, for: .unsubscribe, in: topic, at: .now) == place.id
    }

    private nonisolated func present(_ address: TopicAddress) async throws(TopicError) -> NotificationTopic? {
        guard address.account == account else { return nil }
        do throws(TopicError) { return try await topic(address) } catch {
            guard error == .missing else { throw error }
            return nil
        }
    }

    /// Confirms the subscription that a token was given out for; the token of one that has ended brings it back.
    package func confirm(
        _ token: String, of address: TopicAddress, isSigned: Bool, guardsItsEnd: Bool
    ) async throws(TopicError) -> SubscriptionID {
        let records = records
        return try await change(address) { (topic, operations) throws(TopicError) in
            if let (id, subscription) = NotificationLinks.restored(by: token, in: topic, at: .now) {
                return try Self.restore(subscription, as: id, in: &topic, &operations, records)
            }
            guard let id = NotificationLinks.subscription(of: token, for: .confirm, in: topic, at: .now),
                var subscription = topic.subscriptions[id]
            else { throw .badParameter("Invalid parameter: Token") }
            guard !subscription.isConfirmed else { return id }
            subscription.confirmation = Subscription.Confirmation(
                isAuthenticated: isSigned, guardsItsEnd: guardsItsEnd)
            try topic.set(subscription, as: id)
            operations.append(try records.put(subscription, as: id, in: topic))
            return id
        }
    }

    /// An endpoint that has another subscription by now keeps that one.
    private static func restore(
        _ subscription: Subscription, as id: SubscriptionID, in topic: inout NotificationTopic,
        _ operations: inout [WriteOperation], _ records: TopicRecords
    ) throws(TopicError) -> SubscriptionID {
        if let other = topic.subscription(of: subscription.endpoint, by: subscription.way) { return other.id }
        try makeRoom(in: topic, filtering: subscription.settings.filter != nil)
        try topic.set(subscription, as: id)
        operations.append(try records.put(subscription, as: id, in: topic))
        return id
    }

    /// Refuses one subscription more than a topic may have.
    private static func makeRoom(in topic: NotificationTopic, filtering: Bool) throws(TopicError) {
        guard topic.subscriptions.count < subscriptionLimit else {
            throw .tooManySubscriptions(limit: subscriptionLimit)
        }
        guard !filtering || topic.filterCount < filterLimit else { throw .tooManyFilters(limit: filterLimit) }
    }

    /// Ends a subscription; one that is not there is not missed.
    package func unsubscribe(_ place: SubscriptionAddress) async throws(TopicError) {
        do throws(TopicError) {
            try await end(place) { (_, _) throws(TopicError) in }
        } catch { if error != .subscriptionMissing { throw error } }
    }

    /// Ends a subscription for who follows its link.
    package func unsubscribe(_ place: SubscriptionAddress, token: String) async throws(TopicError) {
        try await end(place) { (topic, subscription) throws(TopicError) in
            guard NotificationLinks.subscription(of: token, for: .unsubscribe, in: topic, at: .now) == place.id else {
                throw .badParameter("Invalid parameter: Token")
            }
            guard subscription.confirmation?.guardsItsEnd != true else {
                throw .unsigned("This subscription can only be ended by who signs the request.")
            }
        }
    }

    /// Ends a subscription that may be ended, and tells its endpoint with the same commit.
    private func end(
        _ place: SubscriptionAddress,
        _ check: (NotificationTopic, Subscription) throws(TopicError) -> Void
    ) async throws(TopicError) {
        let topic: NotificationTopic
        do throws(TopicError) { topic = try await self.topic(place.topic) } catch {
            throw error == .missing ? .subscriptionMissing : error
        }
        guard let known = topic.subscriptions[place.id] else { throw .subscriptionMissing }
        let farewell = try await farewell(to: known, place.id, in: topic)
        try await changeSubscription(place) { (topic, operations) throws(TopicError) in
            guard let subscription = topic.subscriptions[place.id] else { throw .subscriptionMissing }
            try check(topic, subscription)
            topic.remove(place.id)
            topic.state.deleted += 1
            operations.append(.delete(TopicRecords.key(place.id, in: place.topic.name)))
            operations += farewell?.operations ?? []
        }
        farewell?.committed()
    }

    /// A subscription of a topic that is gone is gone too.
    private func changeSubscription(
        _ place: SubscriptionAddress,
        _ body: (inout NotificationTopic, inout [WriteOperation]) throws(TopicError) -> Void
    ) async throws(TopicError) {
        do throws(TopicError) { try await change(place.topic, body) } catch {
            throw error == .missing ? .subscriptionMissing : error
        }
    }
}
