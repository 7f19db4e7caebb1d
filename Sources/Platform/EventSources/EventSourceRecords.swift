import Core
import FoundationEssentials
import Storage
import Vault

/// Reads and writes the records of event source mappings, each sealed with a key of its own, which is erased with it.
struct EventSourceRecords: Sendable {
    static let kind = "event-source"

    let account: AccountID
    let store: any Store
    let keys: Keys

    private var partition: Partition { Partition(account: account) }

    /// Tells of every record that is written or deleted.
    var topic: Topic { .records(partition, kind: Self.kind) }

    /// Every mapping there is.
    func all() async throws(EventSourceError) -> [EventSourceID: EventSource] {
        var found: [EventSourceID: EventSource] = [:]
        var cursor: Cursor?
        repeat {
            let page: Page
            do { page = try await store.scan(partition, .kind(Self.kind), after: cursor, limit: 1000) } catch {
                throw .storageFailed(StoreFault(error))
            }
            for record in page.records {
                guard let id = EventSourceID(record.key.id) else { continue }
                found[id] = try await open(record, id)
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    /// Writes a mapping.
    func put(_ source: EventSource, _ id: EventSourceID) async throws(EventSourceError) {
        do {
            let plain = Array(try JSONEncoder().encode(source))
            let value = try await keys.seal(plain, binding(id))
            _ = try await store.commit(partition, [.put(Self.key(id), value: value)])
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// Deletes a mapping and its key.
    func delete(_ id: EventSourceID) async throws(EventSourceError) {
        do {
            _ = try await store.commit(partition, [.delete(Self.key(id))])
            try await keys.erase(Self.resource(id), in: account)
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    private func open(_ record: Record, _ id: EventSourceID) async throws(EventSourceError) -> EventSource {
        do {
            let plain = try await keys.open(record.value, binding(id))
            return try JSONDecoder().decode(EventSource.self, from: Data(plain))
        } catch { throw .storageFailed(StoreFault(words: "event source \(id): \(error)")) }
    }

    private func binding(_ id: EventSourceID) -> Binding {
        Binding(account: account, resource: Self.resource(id), use: "record")
    }

    private static func key(_ id: EventSourceID) -> RecordKey { RecordKey(kind: kind, id: id.text) }
    private static func resource(_ id: EventSourceID) -> String { "event-source/\(id)" }
}
