import Core
import Logging
import Storage

/// The topics of an account, and who subscribed to them.
///
/// The actor makes and changes topics; publications pass beside it, for any thread, and find topics and filters in
/// memory. What is acknowledged is committed.
package actor Topics {
    /// Topics of an account, subscriptions of a topic, and filters of a topic.
    package static let limit = 100_000
    package static let subscriptionLimit = 10_000
    package static let filterLimit = 200
    private static let attempts = 10

    package nonisolated let account: AccountID
    package nonisolated let region: Region
    nonisolated let records: TopicRecords
    nonisolated let deliveries: Deliveries
    nonisolated let logger: Logger
    /// Where the server is reached, and with what it signs.
    package nonisolated let home: NotificationHome
    /// What calls endpoints on the web, where there is a way to them.
    nonisolated let calls: HostCalls?
    /// What topics were lately, until they change.
    private nonisolated let known: LatelyRead<TopicAddress, NotificationTopic>
    /// How many topics there are, once they were counted.
    private var count: Int?

    /// Keeps an account's topics in a store, and sends what is published on its way with `deliveries`.
    package init(
        account: AccountID, region: Region, store: any Store, keys: Keys, deliveries: Deliveries,
        home: NotificationHome, calls: HostCalls? = nil, logger: Logger, cached: Int = 1024,
        trust: Duration = .seconds(5)
    ) {
        self.account = account
        self.region = region
        self.deliveries = deliveries
        self.home = home
        self.calls = calls
        self.logger = logger
        records = TopicRecords(store: store, keys: keys)
        known = LatelyRead(limit: cached, trust: trust)
    }

    /// A topic as it is now; as another server on the store has changed it, a few seconds later.
    package nonisolated func topic(_ address: TopicAddress) async throws(TopicError) -> NotificationTopic {
        if let known = known[address] { return known }
        return try await load(address)
    }

    /// Makes a topic; one of that name with the same attributes is taken as it is.
    package func create(
        _ address: TopicAddress, attributes: [(name: String, value: String)], tags: [String: String]
    ) async throws(TopicError) {
        var settings = TopicSettings(isFIFO: address.name.isFIFO)
        try TopicAttributes.set(attributes, of: &settings)
        for _ in 0..<Self.attempts {
            if let found = try await records.read(address) {
                return try Self.check(found, has: attributes.map(\.name), of: settings, tags, region)
            }
            if count == nil { count = try await records.count(in: account) }
            guard (count ?? 0) < Self.limit else { throw .tooManyTopics(limit: Self.limit) }
            let state = try TopicState(settings: settings, tags: tags, at: .now)
            let topic = try await records.make(address, state)
            if try await records.write(topic, expect: .absent) != nil {
                count = count.map { $0 + 1 }
                return forget(address)
            }
            try await records.erase(topic)
        }
        throw .contended
    }

    private static func check(
        _ topic: NotificationTopic, has names: [String], of wanted: TopicSettings, _ tags: [String: String],
        _ region: Region
    ) throws(TopicError) {
        let arn = topic.address.arn(in: region)
        let own = Dictionary(uniqueKeysWithValues: TopicAttributes.texts(of: topic.settings, on: arn))
        let others = Dictionary(uniqueKeysWithValues: TopicAttributes.texts(of: wanted, on: arn))
        guard names.allSatisfy({ own[$0] == others[$0] }) else { throw .exists(differingIn: "Attributes") }
        guard tags.allSatisfy({ topic.state.tags[$0.key] == $0.value }) else { throw .exists(differingIn: "Tags") }
    }

    /// Changes what is kept about a topic beside its subscriptions.
    package func change(
        _ address: TopicAddress, _ body: @Sendable (inout TopicState) throws(TopicError) -> Void
    ) async throws(TopicError) {
        try await change(address) { (topic, _) throws(TopicError) in try body(&topic.state) }
    }

    /// Changes a topic and its subscriptions in one commit; what `body` gives is given back.
    func change<Outcome: Sendable>(
        _ address: TopicAddress,
        _ body: (inout NotificationTopic, inout [WriteOperation]) throws(TopicError) -> Outcome
    ) async throws(TopicError) -> Outcome {
        for _ in 0..<Self.attempts {
            var topic = try await topic(address)
            var operations: [WriteOperation] = []
            let before = topic.state
            let outcome = try body(&topic, &operations)
            guard topic.state != before || !operations.isEmpty else { return outcome }
            let expected = Expect.version(topic.version)
            guard let version = try await records.write(topic, operations, expect: expected) else {
                forget(address)
                continue
            }
            topic.version = version
            keep(topic)
            return outcome
        }
        throw .contended
    }

    /// Deletes a topic, its subscriptions and its key; one that is not there is not missed.
    package func delete(_ address: TopicAddress) async throws(TopicError) {
        for _ in 0..<Self.attempts {
            guard let topic = try await records.read(address) else { return }
            let isDone = try await records.delete(topic)
            forget(address)
            guard isDone else { continue }
            count = count.map { $0 - 1 }
            return
        }
        throw .contended
    }

    /// A page of the topics of the account, in the order of their names.
    package nonisolated func names(
        after: TopicName?, limit: Int
    ) async throws(TopicError) -> (names: [TopicName], next: TopicName?) {
        try await records.names(in: account, after: after, limit: limit)
    }

    /// A page of all subscriptions of the account, and where to go on.
    package nonisolated func subscriptions(
        after: String?, limit: Int
    ) async throws(TopicError) -> (found: [(place: SubscriptionAddress, value: Subscription)], last: String?) {
        try await records.subscriptions(in: account, after: after, limit: limit)
    }

    /// Takes away what is left of topics that were being deleted when a server ended.
    package nonisolated func restore() async throws(TopicError) { try await records.sweep(account) }

    /// Reads a topic; one that is as it was known is not read whole.
    private func load(_ address: TopicAddress) async throws(TopicError) -> NotificationTopic {
        while true {
            let before = known.changes
            let old = known.last(address)
            let isSame = try await records.version(of: address) == old?.version
            guard let topic = isSame ? old : try await records.read(address) else { throw .missing }
            if known.keep(topic, for: address, ifUnchangedSince: before) { return topic }
        }
    }

    /// After a commit, before it is acknowledged: this is how the topic is now, unless it was changed again since.
    private func keep(_ topic: NotificationTopic) {
        known.replace(topic.address, with: topic) {
            $0.incarnation == topic.incarnation && $0.version > topic.version
        }
    }

    /// Before a change is acknowledged: what is known of a topic is old.
    private func forget(_ address: TopicAddress) { known.forget(address) }
}
