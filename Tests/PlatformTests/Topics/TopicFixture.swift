import AccessPolicy
import Core
import Logging
import Storage
import Vault

@testable import Platform

/// Topics over a store in memory, and what they put into queues.
struct TopicFixture {
    let store = MemoryStore()
    let keys: Keys
    let queues: Queues
    let deliveries: Deliveries
    let topics: Topics

    init() async throws {
        keys = Keys(store: store, root: RootKey())
        let logger = Logger(label: "test")
        queues = Queues(store: store, keys: keys, region: .standard, logger: logger)
        deliveries = Deliveries(account: .standard, store: store, keys: keys, logger: logger)
        let home = NotificationHome(account: .standard, address: "http://here:1", store: store, keys: keys)
        topics = Topics(
            account: .standard, region: .standard, store: store, keys: keys, deliveries: deliveries, home: home,
            logger: logger)
        let identity = Identity(
            account: .standard, store: store, key: try await keys.key(for: "identity", in: .standard))
        deliveries.add(QueueRoute(queues: queues, identity: identity), for: "sqs")
        deliveries.add(TopicRoute(topics: topics, identity: identity), for: "sns")
    }

    func address(_ name: String) throws -> TopicAddress {
        TopicAddress(account: .standard, name: try TopicName(name))
    }

    @discardableResult
    func topic(_ name: String, _ attributes: [(name: String, value: String)] = []) async throws -> NotificationTopic {
        try await topics.create(address(name), attributes: attributes, tags: [:])
        return try await topics.topic(address(name))
    }

    /// A queue that topics may send to.
    func queue(_ name: String) async throws {
        let policy = """
            {"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage",\
            "Resource":"*"}}
            """
        _ = try await queues.create(
            QueueAddress(account: .standard, name: QueueName(name)), attributes: [("Policy", policy)], tags: [:])
    }

    @discardableResult
    func subscribe(
        _ queue: String, to topic: String, _ attributes: [(name: String, value: String)] = []
    ) async throws -> SubscriptionID {
        let new = NewSubscription(
            way: .sqs, endpoint: "arn:aws:sqs:us-east-1:000000000000:\(queue)", attributes: attributes,
            principal: "arn:aws:iam::000000000000:root")
        return try await topics.subscribe(new, to: address(topic)).id
    }

    @discardableResult
    func publish(_ message: String, to topic: String, _ change: (inout Publication) -> Void = { _ in }) async throws
        -> PublishedMessage?
    {
        let topic = try await topics.topic(address(topic))
        var publication = Publication(message: message)
        change(&publication)
        try publication.check(for: topic)
        return try await topics.publish([publication], to: topic).first
    }

    func bodies(_ queue: String) async throws -> [String] {
        let address = QueueAddress(account: .standard, name: try QueueName(queue))
        return try await queues.receive(10, from: address, hiding: 0, waiting: 0).map(\.body)
    }
}
