import Core
import FoundationEssentials
import Storage
import Vault

/// What a feature calls the failures of its records.
protocol SealedRecordsError: Error {
    /// The record cannot be opened, or is not what was written.
    static func unreadable(id: String) -> Self
    static func store(_ error: StoreError) -> Self
    static func keys(_ error: KeysError) -> Self
}

/// Reads and writes records that are sealed with the key of what owns them: a group of schedules, an event bus.
///
/// Each owner has a key of its own, under a name that is made anew with every owner and stands in the clear in the
/// record's index; it is erased with the owner.
struct SealedRecords<Failure: SealedRecordsError>: Sendable {
    /// A record, opened.
    struct Found<Value: Sendable>: Sendable {
        var value: Value
        let version: Int64
        let key: KeyName
    }

    let account: AccountID
    let store: any Store
    let keys: Keys
    private let opened = OpenedRecords()

    var partition: Partition { Partition(account: account) }

    /// Reads a record; `nil` where there is none.
    func read<Value: Decodable & Sendable>(
        _ place: RecordKey, as type: Value.Type = Value.self
    ) async throws(Failure) -> Found<Value>? {
        try await read([place], as: type)[0]
    }

    /// Reads some records; `nil` in the place of each that is not there, or whose owner is gone.
    func read<Value: Decodable & Sendable>(
        _ places: [RecordKey], as type: Value.Type = Value.self
    ) async throws(Failure) -> [Found<Value>?] {
        let records: [Record?]
        do { records = try await store.get(partition, places) } catch { throw Failure.store(error) }
        var found: [Found<Value>?] = []
        for record in records {
            if let record { found.append(try await known(record)) } else { found.append(nil) }
        }
        return found
    }

    /// A page of records of a kind, ordered by id.
    func page<Value: Decodable & Sendable>(
        _ kind: String, prefix: String, after id: String?, limit: Int, as type: Value.Type = Value.self
    ) async throws(Failure) -> (found: [(id: String, value: Value)], last: String?) {
        let page = try await scan(.kind(kind, prefix: prefix), after: id.map { Cursor(id: $0) }, limit: limit)
        var found: [(id: String, value: Value)] = []
        for record in page.records {
            let opened: Found<Value>? = try await open(record)
            if let opened { found.append((record.key.id, opened.value)) }
        }
        return (found, page.next == nil ? nil : page.records.last?.key.id)
    }

    /// A page of records as they lie in the store.
    func scan(_ query: RecordQuery, after cursor: Cursor?, limit: Int) async throws(Failure) -> Page {
        do { return try await store.scan(partition, query, after: cursor, limit: limit) } catch {
            throw Failure.store(error)
        }
    }

    /// The operation that writes a record.
    func put(
        _ value: some Encodable & Sendable, at place: RecordKey, key: KeyName, index: [IndexValue] = [],
        expect: Expect
    ) async throws(Failure) -> WriteOperation {
        do {
            let sealing = try await keys.existingKey(for: key.text, in: account)
            let plain = Array(try JSONEncoder().encode(value))
            let sealed = sealing.seal(plain, binding: key.binding(place, account))
            return .put(
                place, value: sealed, index: [IndexValue(name: KeyName.index, value: key.text)] + index, expect: expect)
        } catch let error as KeysError {
            throw Failure.keys(error)
        } catch { throw Failure.unreadable(id: place.id) }
    }

    /// Makes a key that no other owner ever had, and stores it; `owner` says its kind and name: `event-bus/orders`.
    func makeKey(for owner: String) async throws(Failure) -> KeyName {
        let name = KeyName(text: "\(owner)/\(RequestID())")
        do { _ = try await keys.key(for: name.text, in: account) } catch { throw Failure.keys(error) }
        return name
    }

    /// Erases the key of an owner that is gone: whatever was sealed with it can never be read again.
    func erase(_ key: KeyName) async throws(Failure) {
        do { try await keys.erase(key.text, in: account) } catch { throw Failure.keys(error) }
    }

    /// Writes all or nothing; `nil` if a record was not as expected.
    func commit(_ operations: [WriteOperation]) async throws(Failure) -> [OperationResult]? {
        do { return try await store.commit(partition, operations) } catch {
            guard case .conflict = error else { throw Failure.store(error) }
            return nil
        }
    }

    /// The same as `open`; a record that was read lately is not opened again.
    private func known<Value: Decodable & Sendable>(_ record: Record) async throws(Failure) -> Found<Value>? {
        if let found: Found<Value> = opened[record, of: account],
            keys.knownKey(for: found.key.text, in: account) != nil
        {
            return found
        }
        let found: Found<Value>? = try await open(record)
        if let found { opened.keep(found, record, of: account) }
        return found
    }

    /// Opens a record; `nil` if its owner was deleted, and its key with it.
    private func open<Value: Decodable & Sendable>(_ record: Record) async throws(Failure) -> Found<Value>? {
        guard let name = record.index.first(where: { $0.name == KeyName.index })?.value else {
            throw Failure.unreadable(id: record.key.id)
        }
        let key = KeyName(text: name)
        let plain: [UInt8]
        do { plain = try await keys.open(record.value, key.binding(record.key, account)) } catch {
            if case .erased = error { return nil }
            throw Failure.keys(error)
        }
        do {
            return Found(
                value: try JSONDecoder().decode(Value.self, from: Data(plain)), version: record.version, key: key)
        } catch { throw Failure.unreadable(id: record.key.id) }
    }
}
