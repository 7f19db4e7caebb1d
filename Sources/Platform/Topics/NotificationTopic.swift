import Core
import EventPattern
import Storage
import Vault

/// A topic as publications see it: what it is, who gets what, and the key that seals it all.
package struct NotificationTopic: Sendable {
    package let address: TopicAddress
    package var state: TopicState
    /// The version of the topic's record, which every change of its subscriptions changes too.
    var version: Int64
    /// The name under which its key is kept; no other topic ever had it, of whatever name.
    let incarnation: String
    let key: SealingKey
    package private(set) var subscriptions: [SubscriptionID: Subscription]
    /// Which filters a message passes: those about attributes, and those about bodies.
    private var attributeFilters = RuleSet<SubscriptionID>()
    private var bodyFilters = RuleSet<SubscriptionID>()

    package var settings: TopicSettings { state.settings }
    package var isFIFO: Bool { settings.fifo != nil }
    var partition: Partition { Partition(account: address.account) }

    init(
        address: TopicAddress, state: TopicState, version: Int64, incarnation: String, key: SealingKey,
        subscriptions: [SubscriptionID: Subscription] = [:]
    ) throws(TopicError) {
        self.address = address
        self.state = state
        self.version = version
        self.incarnation = incarnation
        self.key = key
        self.subscriptions = [:]
        for (id, subscription) in subscriptions { try set(subscription, as: id) }
    }

    /// Adds a subscription, or puts it in the place of what it was.
    mutating func set(_ subscription: Subscription, as id: SubscriptionID) throws(TopicError) {
        let filter = try SubscriptionAttributes.filter(of: subscription.settings)
        if subscriptions[id]?.settings.filter != nil { unfilter(id) }
        subscriptions[id] = subscription
        guard let filter else { return }
        switch filter.scope {
        case .messageAttributes: attributeFilters.add(filter.pattern, as: id)
        case .messageBody: bodyFilters.add(filter.pattern, as: id)
        }
    }

    /// Takes a subscription out.
    mutating func remove(_ id: SubscriptionID) {
        unfilter(id)
        subscriptions[id] = nil
    }

    private mutating func unfilter(_ id: SubscriptionID) {
        attributeFilters.remove(id)
        bodyFilters.remove(id)
    }

    /// How many subscriptions have a filter.
    var filterCount: Int { attributeFilters.count + bodyFilters.count }

    /// The subscription of an endpoint, if it has one.
    func subscription(of endpoint: String, by way: Subscription.Way) -> (id: SubscriptionID, value: Subscription)? {
        subscriptions.first { $0.value.endpoint == endpoint && $0.value.way == way }.map { ($0.key, $0.value) }
    }

    /// The subscriptions in force that a publication is for.
    func subscribers(of publication: Publication) throws(TopicError) -> [(id: SubscriptionID, value: Subscription)] {
        var passed: Set<SubscriptionID> = []
        if attributeFilters.count > 0 {
            passed.formUnion(try Self.names(attributeFilters, publication.filterAttributes))
        }
        if bodyFilters.count > 0 { passed.formUnion(try Self.names(bodyFilters, Array(publication.message.utf8))) }
        return subscriptions.filter { id, subscription in
            subscription.isConfirmed && (subscription.settings.filter == nil || passed.contains(id))
        }.map { (id: $0.key, value: $0.value) }
    }

    private static func names(
        _ rules: RuleSet<SubscriptionID>, _ event: [UInt8]
    ) throws(TopicError) -> [SubscriptionID] {
        do throws(EventError) { return try rules.names(matching: event) } catch {
            switch error {
            // What is no JSON object passes no filter about bodies.
            case .notJSON, .notAnObject: return []
            case .tooManyCombinations:
                throw .badParameter("Invalid parameter: Message Reason: It is too complex for a filter policy.")
            }
        }
    }
}
