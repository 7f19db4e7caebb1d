import Core
import Logging
import Storage
import Testing

@testable import Platform

struct TopicsTests {
    private static let raw = (name: "RawMessageDelivery", value: "true")

    @Test func `what another server changes of a topic is seen a moment later`() async throws {
        let fixture = try await TopicFixture()
        let other = Topics(
            account: .standard, region: .standard, store: fixture.store, keys: fixture.keys,
            deliveries: fixture.deliveries, home: fixture.topics.home, logger: Logger(label: "test"), trust: .zero)
        let address = try await fixture.topic("t").address
        #expect(try await other.topic(address).subscriptions.isEmpty)
        try await fixture.queue("q")
        let id = try await fixture.subscribe("q", to: "t")
        #expect(try await other.topic(address).subscriptions.keys.map(\.self) == [id])
        try await fixture.topics.delete(address)
        await #expect(throws: TopicError.missing) { try await other.topic(address) }
    }

    @Test func `what is published lies in the queues of all subscribers when it is acknowledged`() async throws {
        let fixture = try await TopicFixture()
        try await fixture.topic("t")
        for name in ["a", "b"] {
            try await fixture.queue(name)
            try await fixture.subscribe(name, to: "t", [Self.raw])
        }
        try await fixture.publish("hello", to: "t")
        #expect(try await fixture.bodies("a") == ["hello"])
        #expect(try await fixture.bodies("b") == ["hello"])
    }

    @Test func `subscribing twice gives one subscription, also at one time`() async throws {
        let fixture = try await TopicFixture()
        try await fixture.topic("t")
        let ids = try await withThrowingTaskGroup(of: SubscriptionID.self) { group in
            for number in 0..<20 { group.addTask { try await fixture.subscribe("q\(number % 4)", to: "t") } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 4)
        #expect(try await fixture.topics.topic(fixture.address("t")).subscriptions.count == 4)
    }

    @Test func `what is kept in memory is what lies in the store`() async throws {
        let fixture = try await TopicFixture()
        try await fixture.topic("t")
        let id = try await fixture.subscribe("q", to: "t", [("FilterPolicy", #"{"a":["b"]}"#)])
        try await fixture.subscribe("r", to: "t")
        let place = SubscriptionAddress(topic: try fixture.address("t"), id: id)
        try await fixture.topics.set("RawMessageDelivery", to: "true", of: place)
        try await fixture.topics.change(place.topic) { $0.settings.displayName = "name" }
        let known = try await fixture.topics.topic(place.topic)
        let stored = try #require(try await fixture.topics.records.read(place.topic))
        #expect(known.subscriptions == stored.subscriptions)
        #expect(known.state == stored.state)
        #expect(known.version == stored.version)
        #expect(known.filterCount == 1)
    }

    @Test func `a topic of the same name is another topic`() async throws {
        let fixture = try await TopicFixture()
        let first = try await fixture.topic("t")
        let id = try await fixture.subscribe("q", to: "t")
        let token = NotificationLinks.token(for: .unsubscribe, id, in: first, at: .now)
        try await fixture.topics.delete(first.address)
        await #expect(throws: TopicError.missing) { try await fixture.topics.topic(first.address) }
        let second = try await fixture.topic("t")
        #expect(second.subscriptions.isEmpty)
        #expect(NotificationLinks.subscription(of: token, for: .unsubscribe, in: second, at: .now) == nil)
        #expect(try await fixture.topics.subscriptions(after: nil, limit: 10).found.isEmpty)
    }

    @Test func `a FIFO topic takes a message once and says where it is`() async throws {
        let fixture = try await TopicFixture()
        try await fixture.topic("t.fifo", [("ContentBasedDeduplication", "true")])
        let answers = try await ["x", "y", "x"].asyncMap { text in
            try #require(try await fixture.publish(text, to: "t.fifo") { $0.group = "g" })
        }
        #expect(answers[0].id == answers[2].id)
        #expect(answers[0].sequence == answers[2].sequence)
        #expect(try #require(answers[0].sequence) < #require(answers[1].sequence))
    }

    @Test func `one message for more than a commit holds waits for the topic`() async throws {
        let fixture = try await TopicFixture()
        try await fixture.topic("t")
        for number in 0...Topics.parcelLimit { try await fixture.subscribe("q\(number)", to: "t") }
        let sent = try await fixture.publish("hello", to: "t")
        let waiting = Deliveries.queue(of: "arn:aws:sns:us-east-1:000000000000:t")
        let items = try await fixture.store.items(Partition(account: .standard), waiting, after: nil, limit: 10)
        #expect(items.count == 1)
        let parcel = try await fixture.deliveries.open(items[0].body).parcel
        #expect(parcel.id.description == sent?.id.description)
        guard
            case .errand(let errand) = try await TopicRoute(
                topics: fixture.topics,
                identity: Identity(
                    account: .standard, store: fixture.store,
                    key: try await fixture.keys.key(for: "identity", in: .standard))
            ).delivery(of: parcel)
        else { return #expect(Bool(false), "it is no errand") }
        guard case .delivered = await errand() else { return #expect(Bool(false), "it was not delivered") }
    }

    @Test func `tokens open one subscription, for one use, for three days`() async throws {
        let fixture = try await TopicFixture()
        let (topic, other) = (try await fixture.topic("t"), try await fixture.topic("other"))
        let (id, now) = (SubscriptionID(), Instant.now)
        let token = NotificationLinks.token(for: .confirm, id, in: topic, at: now)
        func opened(
            _ token: String, _ topic: NotificationTopic, after hours: Int64 = 0,
            for use: NotificationLinks.Use = .confirm
        ) -> SubscriptionID? {
            NotificationLinks.subscription(
                of: token, for: use, in: topic, at: now.advanced(milliseconds: hours * 3_600_000))
        }
        #expect(opened(token, topic) == id)
        #expect(opened(token, topic, after: 71) == id)
        #expect(opened(token, topic, after: 73) == nil)
        #expect(opened(token, topic, for: .unsubscribe) == nil)
        #expect(opened(token, other) == nil)
        #expect(opened(String(token.dropLast(2)) + "AA", topic) == nil)
        #expect(opened(String(repeating: "A", count: 5000), topic) == nil)
    }
}

extension Array {
    fileprivate func asyncMap<Mapped>(_ body: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
        var mapped: [Mapped] = []
        for element in self { mapped.append(try await body(element)) }
        return mapped
    }
}
