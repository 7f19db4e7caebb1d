import Core
import FoundationEssentials
import Storage
import Vault

/// Reads and writes what is kept about queues, sealed with the key of each.
///
/// In the clear stand a queue's name, its incarnation (which names its key and its items) and its dead-letter queue, by
/// which its sources are found.
struct QueueRecords: Sendable {
    /// A record, opened.
    struct Found: Sendable {
        let queue: Queue
        let version: Int64
    }

    private static let kind = "queue"
    private static let incarnation = "key"
    private static let target = "dead-letters"

    let store: any Store
    let keys: Keys

    /// Reads a queue; `nil` where there is none.
    func read(_ address: QueueAddress) async throws(QueueError) -> Found? {
        do {
            guard let record = try await store.get(Partition(account: address.account), Self.key(address.name)),
                let incarnation = record.index.first(where: { $0.name == Self.incarnation })?.value
            else { return nil }
            let key = try await keys.existingKey(for: incarnation, in: address.account)
            let binding = KeyName(text: incarnation).binding(record.key, address.account)
            let state = try JSONDecoder().decode(QueueState.self, from: Data(key.open(record.value, binding: binding)))
            let queue = Queue(address: address, state: state, incarnation: incarnation, key: key)
            return Found(queue: queue, version: record.version)
        } catch KeysError.erased {
            // Deleted between the reading of the record and of its key.
            return nil
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// A queue that is not in the store yet, with a key that no other one ever had.
    func make(_ address: QueueAddress, _ state: QueueState) async throws(QueueError) -> Queue {
        let incarnation = "queue/\(address.name)/\(RequestID())"
        do {
            let key = try await keys.key(for: incarnation, in: address.account)
            return Queue(address: address, state: state, incarnation: incarnation, key: key)
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// Writes a queue; false where its record is not as expected.
    func write(_ queue: Queue, expect: Expect) async throws(QueueError) -> Bool {
        let place = Self.key(queue.address.name)
        let binding = KeyName(text: queue.incarnation).binding(place, queue.address.account)
        var index = [IndexValue(name: Self.incarnation, value: queue.incarnation)]
        if let target = queue.settings.redrive?.target {
            index.append(IndexValue(name: Self.target, value: target.name.text))
        }
        let plain: [UInt8]
        do { plain = Array(try JSONEncoder().encode(queue.state)) } catch {
            throw .storageFailed(StoreFault(error))
        }
        let value = queue.key.seal(plain, binding: binding)
        return try await commit([.put(place, value: value, index: index, expect: expect)], queue.partition)
    }

    /// Deletes a queue with all its messages; false where its record is not as expected.
    func delete(_ found: Found) async throws(QueueError) -> Bool {
        let queue = found.queue
        let operations: [WriteOperation] = [
            .delete(Self.key(queue.address.name), expect: .version(found.version)), .dropQueue(queue.items),
        ]
        guard try await commit(operations, queue.partition) else { return false }
        try await erase(queue)
        return true
    }

    /// Erases the key of a queue that is not in the store, or not any more.
    func erase(_ queue: Queue) async throws(QueueError) {
        do { try await keys.erase(queue.incarnation, in: queue.address.account) } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// A page of the names of queues, in order.
    func names(
        in account: AccountID, prefix: String, after: QueueName?, limit: Int
    ) async throws(QueueError) -> (names: [QueueName], next: QueueName?) {
        try await scan(.kind(Self.kind, prefix: prefix), account, after.map { Cursor(id: $0.text) }, limit)
    }

    /// The names of the queues that send their dead letters to one, in order.
    func sources(of target: QueueAddress) async throws(QueueError) -> [QueueName] {
        let query = RecordQuery.index(kind: Self.kind, name: Self.target, match: .equals(target.name.text))
        var names: [QueueName] = []
        var cursor: Cursor?
        repeat {
            let page = try await self.page(query, target.account, cursor, 1000)
            names += page.records.compactMap { Self.name($0) }
            cursor = page.next
        } while cursor != nil
        return names
    }

    /// The incarnations of all queues of an account.
    func incarnations(in account: AccountID) async throws(QueueError) -> Set<String> {
        var found: Set<String> = []
        var cursor: Cursor?
        repeat {
            let page = try await self.page(.kind(Self.kind), account, cursor, 1000)
            for record in page.records {
                found.formUnion(record.index.filter { $0.name == Self.incarnation }.map(\.value))
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    private func scan(
        _ query: RecordQuery, _ account: AccountID, _ cursor: Cursor?, _ limit: Int
    ) async throws(QueueError) -> (names: [QueueName], next: QueueName?) {
        let page = try await page(query, account, cursor, limit)
        let names = page.records.compactMap { Self.name($0) }
        return (names, page.next == nil ? nil : names.last)
    }

    private func page(
        _ query: RecordQuery, _ account: AccountID, _ cursor: Cursor?, _ limit: Int
    ) async throws(QueueError) -> Page {
        do { return try await store.scan(Partition(account: account), query, after: cursor, limit: limit) } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    private func commit(_ operations: [WriteOperation], _ partition: Partition) async throws(QueueError) -> Bool {
        do throws(StoreError) { _ = try await store.commit(partition, operations) } catch {
            if case .conflict = error { return false }
            throw .storageFailed(StoreFault(error))
        }
        return true
    }

    private static func key(_ name: QueueName) -> RecordKey { RecordKey(kind: kind, id: name.text) }

    // Written by us from a name.
    private static func name(_ record: Record) -> QueueName? { try? QueueName(record.key.id) }
}
