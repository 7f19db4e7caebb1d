import Core
import FoundationEssentials
import Storage
import Vault

/// Reads and writes the records and the code of functions and layers: sealed with the key of the function or layer.
///
/// Which key that is stands in the clear in the record's index, under a name that is made anew with every function:
/// so the key of a deleted function can be erased while another of the same name is being made.
struct FunctionRecords: Sendable {
    /// A record, opened.
    struct Found<Value: Sendable>: Sendable {
        var value: Value
        let version: Int64
        let key: KeyName
    }

    let store: any Store
    let blobs: any BlobStore
    let keys: Keys
    private let opened = OpenedRecords()

    /// Reads a record; `nil` where there is none.
    func read<Value: Decodable & Sendable>(
        _ place: RecordKey, in account: AccountID, as type: Value.Type = Value.self
    ) async throws(FunctionError) -> Found<Value>? {
        do {
            guard let record = try await store.get(Partition(account: account), place) else { return nil }
            if let found: Found<Value> = opened[record, of: account],
                keys.knownKey(for: found.key.text, in: account) != nil
            {
                return found
            }
            let found: Found<Value> = try await open(record, in: account)
            opened.keep(found, record, of: account)
            return found
        } catch KeysError.erased {
            // Deleted between the reading of the record and of its key.
            return nil
        } catch let error as FunctionError {
            throw error
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// A page of records of a kind, ordered by id.
    func list<Value: Decodable & Sendable>(
        _ kind: String, prefix: String = "", after id: String?, limit: Int, in account: AccountID,
        as type: Value.Type = Value.self
    ) async throws(FunctionError) -> (found: [(id: String, value: Value)], more: Bool) {
        do {
            let page = try await store.scan(
                Partition(account: account), .kind(kind, prefix: prefix), after: id.map { Cursor(id: $0) },
                limit: limit)
            var found: [(id: String, value: Value)] = []
            for record in page.records {
                do {
                    let opened: Found<Value> = try await open(record, in: account)
                    found.append((record.key.id, opened.value))
                } catch KeysError.erased {
                    continue
                }
            }
            return (found, page.next != nil)
        } catch let error as FunctionError {
            throw error
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// Whether any record of `kind` has a value in an index.
    func exists(_ kind: String, _ index: String, _ value: String, in account: AccountID) async throws(FunctionError)
        -> Bool
    {
        do {
            let query = RecordQuery.index(kind: kind, name: index, match: .equals(value))
            return try await !store.scan(Partition(account: account), query, after: nil, limit: 1).records.isEmpty
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// Makes a key that no other function or layer ever had, and stores it.
    func makeKey(for resource: String, in account: AccountID) async throws(FunctionError) -> KeyName {
        let name = KeyName(text: "\(resource)/\(RequestID())")
        do { _ = try await keys.key(for: name.text, in: account) } catch {
            throw .storageFailed(StoreFault(error))
        }
        return name
    }

    /// The operation that writes a record.
    func put(
        _ value: some Encodable & Sendable, at place: RecordKey, key: KeyName, index: [IndexValue] = [],
        expect: Expect, in account: AccountID
    ) async throws(FunctionError) -> WriteOperation {
        do {
            let plain = Array(try JSONEncoder().encode(value))
            let sealing = try await keys.existingKey(for: key.text, in: account)
            let sealed = sealing.seal(plain, binding: key.binding(place, account))
            return .put(
                place, value: sealed, index: index + [IndexValue(name: KeyName.index, value: key.text)], expect: expect)
        } catch KeysError.erased {
            throw .keyErased
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// Writes all or nothing; says whether it was written, or refused because a record was not as expected.
    func commit(_ operations: [WriteOperation], in account: AccountID) async throws(FunctionError) -> Bool {
        do {
            _ = try await store.commit(Partition(account: account), operations)
            return true
        } catch {
            switch error {
            case .conflict: return false
            default: throw .storageFailed(StoreFault(error))
            }
        }
    }

    private func open<Value: Decodable & Sendable>(_ record: Record, in account: AccountID) async throws -> Found<Value>
    {
        guard let name = record.index.first(where: { $0.name == KeyName.index })?.value else {
            throw FunctionError.storageFailed(StoreFault(words: "a record of \(record.key.kind) names no key"))
        }
        let key = KeyName(text: name)
        let plain = try await keys.open(record.value, key.binding(record.key, account))
        let value = try JSONDecoder().decode(Value.self, from: Data(plain))
        return Found(value: value, version: record.version, key: key)
    }
}

/// The name of the key that seals everything of one function or layer.
struct KeyName: Hashable, Sendable {
    static let index = "key"

    let text: String

    init(text: String) { self.text = text }

    /// What binds a record to its place.
    func binding(_ place: RecordKey, _ account: AccountID) -> Binding {
        Binding(account: account, resource: text, use: "record:\(place.kind):\(place.id)")
    }

    /// What binds a blob of code to its place.
    func binding(blob: String, _ account: AccountID) -> Binding {
        Binding(account: account, resource: text, use: "code:\(blob)")
    }
}
