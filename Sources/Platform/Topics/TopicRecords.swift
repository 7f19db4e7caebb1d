import Core
import FoundationEssentials
import Storage
import Vault

/// Reads and writes what is kept about topics and their subscriptions, sealed with the key of each topic.
///
/// In the clear stand the names of topics, the ids of subscriptions, and the name of the key: it is the topic's alone, and
/// by it the topic's subscriptions are found.
struct TopicRecords: Sendable {
    static let topics = "topic"
    static let subscriptions = "subscription"
    /// Subscriptions that are deleted, or read, at one time.
    private static let pageSize = 500

    let store: any Store
    let keys: Keys

    /// Reads a topic and its subscriptions as they were at one moment; `nil` where there is none.
    func read(_ address: TopicAddress) async throws(TopicError) -> NotificationTopic? {
        let place = Self.key(address.name)
        do {
            while true {
                guard let record = try await store.get(Partition(account: address.account), place),
                    let incarnation = record.index.first(where: { $0.name == KeyName.index })?.value
                else { return nil }
                let key = try await keys.existingKey(for: incarnation, in: address.account)
                let name = KeyName(text: incarnation)
                let plain = try key.open(record.value, binding: name.binding(place, address.account))
                let state = try JSONDecoder().decode(TopicState.self, from: Data(plain))
                let found = try await subscriptions(of: incarnation, key, address.account)
                // Every change of a subscription changes the topic's record too.
                guard try await store.get(Partition(account: address.account), place)?.version == record.version else {
                    continue
                }
                return try NotificationTopic(
                    address: address, state: state, version: record.version, incarnation: incarnation, key: key,
                    subscriptions: found)
            }
        } catch KeysError.erased {
            // Deleted between the reading of the record and of its key.
            return nil
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// The version of a topic's record, which no other record ever has; `nil` where there is none.
    func version(of address: TopicAddress) async throws(TopicError) -> Int64? {
        do { return try await store.get(Partition(account: address.account), Self.key(address.name))?.version } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    private func subscriptions(
        of incarnation: String, _ key: SealingKey, _ account: AccountID
    ) async throws -> [SubscriptionID: Subscription] {
        let query = RecordQuery.index(
            kind: Self.subscriptions, name: KeyName.index, match: .equals(incarnation))
        var found: [SubscriptionID: Subscription] = [:]
        var cursor: Cursor?
        repeat {
            let page = try await store.scan(Partition(account: account), query, after: cursor, limit: Self.pageSize)
            for record in page.records {
                guard let id = Self.place(of: record)?.id else { continue }
                found[id] = try Self.open(record, incarnation, key, account)
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    /// A topic that is not in the store yet, with a key that no other one ever had.
    func make(_ address: TopicAddress, _ state: TopicState) async throws(TopicError) -> NotificationTopic {
        let incarnation = "topic/\(address.name)/\(RequestID())"
        let key: SealingKey
        do { key = try await keys.key(for: incarnation, in: address.account) } catch {
            throw .storageFailed(StoreFault(error))
        }
        return try NotificationTopic(address: address, state: state, version: 0, incarnation: incarnation, key: key)
    }

    /// Writes a topic with what else changes; its new version, or `nil` where its record is not as expected.
    func write(
        _ topic: NotificationTopic, _ changes: [WriteOperation] = [], expect: Expect
    ) async throws(TopicError) -> Int64? {
        let place = Self.key(topic.address.name)
        let put = WriteOperation.put(
            place, value: try seal(topic.state, at: place, of: topic),
            index: [IndexValue(name: KeyName.index, value: topic.incarnation)], expect: expect)
        guard let results = try await commit([put] + changes, topic.partition) else { return nil }
        guard case .version(let version)? = results.first else { return nil }
        return version
    }

    /// The operation that writes a subscription.
    func put(
        _ subscription: Subscription, as id: SubscriptionID, in topic: NotificationTopic
    ) throws(TopicError) -> WriteOperation {
        let place = Self.key(id, in: topic.address.name)
        return .put(
            place, value: try seal(subscription, at: place, of: topic),
            index: [IndexValue(name: KeyName.index, value: topic.incarnation)])
    }

    /// Deletes a topic; false where its record is not as expected.
    ///
    /// With the key all that was sealed with it is gone; what is left of its subscriptions is taken away after that.
    func delete(_ topic: NotificationTopic) async throws(TopicError) -> Bool {
        let place = Self.key(topic.address.name)
        guard try await commit([.delete(place, expect: .version(topic.version))], topic.partition) != nil else {
            return false
        }
        try await erase(topic)
        let places = topic.subscriptions.keys.map { Self.key($0, in: topic.address.name) }
        for start in stride(from: 0, to: places.count, by: Self.pageSize) {
            let part = places[start..<min(places.count, start + Self.pageSize)]
            _ = try await commit(part.map { .delete($0) }, topic.partition)
        }
        return true
    }

    /// Erases the key of a topic that is not in the store, or not any more.
    func erase(_ topic: NotificationTopic) async throws(TopicError) {
        do { try await keys.erase(topic.incarnation, in: topic.address.account) } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// A page of the names of topics, in order.
    func names(
        in account: AccountID, after: TopicName?, limit: Int
    ) async throws(TopicError) -> (names: [TopicName], next: TopicName?) {
        let page = try await page(Self.topics, account, after?.text, limit)
        // Written by us from names.
        let names = page.records.compactMap { try? TopicName($0.key.id) }
        return (names, page.next == nil ? nil : names.last)
    }

    /// A page of the subscriptions of all topics, ordered by topic and id, and where to go on.
    func subscriptions(
        in account: AccountID, after: String?, limit: Int
    ) async throws(TopicError) -> (found: [(place: SubscriptionAddress, value: Subscription)], last: String?) {
        let page = try await page(Self.subscriptions, account, after, limit)
        var found: [(place: SubscriptionAddress, value: Subscription)] = []
        for record in page.records {
            guard let (name, id) = Self.place(of: record),
                let incarnation = record.index.first(where: { $0.name == KeyName.index })?.value
            else { continue }
            do {
                let key = try await keys.existingKey(for: incarnation, in: account)
                let value = try Self.open(record, incarnation, key, account)
                let topic = TopicAddress(account: account, name: name)
                found.append((SubscriptionAddress(topic: topic, id: id), value))
            } catch KeysError.erased {
                // Its topic is gone.
                continue
            } catch { throw .storageFailed(StoreFault(error)) }
        }
        return (found, page.next == nil ? nil : page.records.last?.key.id)
    }

    /// How many topics an account has.
    func count(in account: AccountID) async throws(TopicError) -> Int {
        var count = 0
        var last: String?
        repeat {
            let page = try await page(Self.topics, account, last, 10_000)
            count += page.records.count
            last = page.next == nil ? nil : page.records.last?.key.id
        } while last != nil
        return count
    }

    /// Deletes what is left of subscriptions whose topics are gone.
    func sweep(_ account: AccountID) async throws(TopicError) {
        var last: String?
        repeat {
            let page = try await page(Self.subscriptions, account, last, Self.pageSize)
            var gone: [WriteOperation] = []
            for record in page.records {
                let incarnation = record.index.first { $0.name == KeyName.index }?.value ?? ""
                do { _ = try await keys.existingKey(for: incarnation, in: account) } catch {
                    guard case .erased = error else { throw .storageFailed(StoreFault(error)) }
                    gone.append(.delete(record.key, expect: .version(record.version)))
                }
            }
            if !gone.isEmpty { _ = try await commit(gone, Partition(account: account)) }
            last = page.next == nil ? nil : page.records.last?.key.id
        } while last != nil
    }

    static func key(_ id: SubscriptionID, in topic: TopicName) -> RecordKey {
        RecordKey(kind: subscriptions, id: "\(topic)/\(id)")
    }

    private static func key(_ name: TopicName) -> RecordKey { RecordKey(kind: topics, id: name.text) }

    // Written by us from a name and an id.
    private static func place(of record: Record) -> (name: TopicName, id: SubscriptionID)? {
        let parts = record.key.id.split(separator: "/")
        guard parts.count == 2, let name = try? TopicName(String(parts[0])), let id = SubscriptionID(parts[1]) else {
            return nil
        }
        return (name, id)
    }

    private static func open(
        _ record: Record, _ incarnation: String, _ key: SealingKey, _ account: AccountID
    ) throws -> Subscription {
        let binding = KeyName(text: incarnation).binding(record.key, account)
        return try JSONDecoder().decode(Subscription.self, from: Data(key.open(record.value, binding: binding)))
    }

    private func seal(
        _ value: some Encodable, at place: RecordKey, of topic: NotificationTopic
    ) throws(TopicError) -> [UInt8] {
        let plain: [UInt8]
        do { plain = Array(try JSONEncoder().encode(value)) } catch { throw .storageFailed(StoreFault(error)) }
        let binding = KeyName(text: topic.incarnation).binding(place, topic.address.account)
        return topic.key.seal(plain, binding: binding)
    }

    private func page(
        _ kind: String, _ account: AccountID, _ after: String?, _ limit: Int
    ) async throws(TopicError) -> Page {
        do {
            return try await store.scan(
                Partition(account: account), .kind(kind), after: after.map { Cursor(id: $0) }, limit: limit)
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    private func commit(
        _ operations: [WriteOperation], _ partition: Partition
    ) async throws(TopicError) -> [OperationResult]? {
        do throws(StoreError) { return try await store.commit(partition, operations) } catch {
            if case .conflict = error { return nil }
            throw .storageFailed(StoreFault(error))
        }
    }
}
