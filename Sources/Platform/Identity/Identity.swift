import Core
import FoundationEssentials
import Storage
import Vault

/// The account's identities: its administrator, users, roles, policies, access keys and sessions.
///
/// Everything lies in the store; only credentials are kept in memory, for the data plane. Changes are made by reading
/// a record, changing it and writing it on the condition that nobody wrote it since, so that several servers on one
/// store agree.
package actor Identity {
    package nonisolated let account: AccountID
    /// What the data plane asks without waiting.
    package nonisolated let credentials: CredentialCache
    /// Who may do what, which every request asks without waiting.
    package nonisolated let access: AccessControl

    let store: any Store
    let key: SealingKey
    private static let attempts = 8

    /// Takes the store and the key that seals the account's secrets; what another server on the store changes is seen
    /// after `trust`.
    package init(account: AccountID, store: any Store, key: SealingKey, trust: Duration = .seconds(5)) {
        credentials = CredentialCache(trust: trust)
        access = AccessControl(trust: trust)
        self.account = account
        self.store = store
        self.key = key
    }

    nonisolated var partition: Partition { Partition(account: account) }

    /// Where a sealed secret belongs.
    nonisolated func binding(_ use: String) -> Binding { Binding(account: account, resource: "identity", use: use) }

    /// Reads a role, user or policy.
    package func get<R: IdentityRecord>(_ type: R.Type, _ name: EntityName) async throws(IdentityError) -> R {
        try await versioned(type, name).record
    }

    func versioned<R: IdentityRecord>(
        _ type: R.Type, _ name: EntityName
    ) async throws(IdentityError) -> (record: R, version: Int64) {
        guard let found = try await fetch(R.recordKey(name)) else { throw .notFound(R.kind, name: name.text) }
        return (try Self.decode(R.self, found.value), found.version)
    }

    /// Makes a role, user or policy; its name must be free.
    package func create<R: IdentityRecord>(_ record: R) async throws(IdentityError) {
        do {
            try await commit([try Self.put(record, expect: .absent)])
        } catch .store(.conflict) {
            throw .alreadyExists(R.kind, name: record.name.text)
        }
    }

    /// Changes a role, user or policy, and whatever else `alongside` says, in one piece.
    @discardableResult
    package func update<R: IdentityRecord>(
        _ type: R.Type, _ name: EntityName,
        alongside: () async throws(IdentityError) -> [WriteOperation] = { () throws(IdentityError) in [] },
        _ change: (inout R) throws(IdentityError) -> Void
    ) async throws(IdentityError) -> R {
        for _ in 0..<Self.attempts {
            var (record, version) = try await versioned(type, name)
            let others = try await alongside()
            try change(&record)
            do {
                try await commit([try Self.put(record, expect: .version(version))] + others)
                return record
            } catch .store(.conflict) {
                continue
            }
        }
        throw .contention
    }

    /// Deletes a role, user or policy, unless `check` finds something in the way.
    package func delete<R: IdentityRecord>(
        _ type: R.Type, _ name: EntityName, _ check: (R) throws(IdentityError) -> Void
    ) async throws(IdentityError) {
        for _ in 0..<Self.attempts {
            let (record, version) = try await versioned(type, name)
            try check(record)
            do {
                return try await commit([.delete(R.recordKey(name), expect: .version(version))])
            } catch .store(.conflict) {
                continue
            }
        }
        throw .contention
    }

    /// A page of roles, users or policies whose path begins with `prefix`, ordered by name.
    package func list<R: IdentityRecord>(
        _ type: R.Type, prefix: String = "/", after marker: String? = nil, limit: Int
    ) async throws(IdentityError) -> (records: [R], marker: String?) {
        try await page(.kind(R.recordKind), after: marker, limit: limit) { $0.path.hasPrefix(prefix) }
    }

    /// A page of the roles or users that have a managed policy attached.
    package func holders<H: PolicyHolder>(
        _ type: H.Type, of policy: ARN, after marker: String? = nil, limit: Int
    ) async throws(IdentityError) -> (records: [H], marker: String?) {
        let query = RecordQuery.index(
            kind: H.recordKind, name: H.attachmentIndex, match: .equals(policy.description))
        return try await page(query, after: marker, limit: limit) { _ in true }
    }

    /// Scans until the page is full, because the filter may leave few of many.
    private func page<R: IdentityRecord>(
        _ query: RecordQuery, after marker: String?, limit: Int, where matches: (R) -> Bool
    ) async throws(IdentityError) -> (records: [R], marker: String?) {
        var records: [R] = []
        var cursor = try Self.cursor(marker)
        repeat {
            let page: Page
            do throws(StoreError) {
                page = try await store.scan(partition, query, after: cursor, limit: limit - records.count)
            } catch { throw .store(error) }
            for record in page.records {
                let record = try Self.decode(R.self, record.value)
                if matches(record) { records.append(record) }
            }
            cursor = page.next
        } while cursor != nil && records.count < limit
        return (records, cursor.map { Base64.encode(Array($0.text.utf8)) })
    }

    private static func cursor(_ marker: String?) throws(IdentityError) -> Cursor? {
        guard let marker else { return nil }
        guard let bytes = Base64.decode(marker), let cursor = Cursor(text: String(decoding: bytes, as: UTF8.self))
        else { throw .badMarker }
        return cursor
    }
}

// MARK: - The store

extension Identity {
    func commit(_ operations: [WriteOperation]) async throws(IdentityError) {
        // Whatever came of it, what was known is no longer certain.
        defer { access.forgetAll() }
        do throws(StoreError) { _ = try await store.commit(partition, operations) } catch {
            throw error == .busy ? .busy : .store(error)
        }
    }

    func fetch(_ key: RecordKey) async throws(IdentityError) -> Record? {
        do throws(StoreError) { return try await store.get(partition, key) } catch { throw .store(error) }
    }

    static func put<R: IdentityRecord>(_ record: R, expect: Expect) throws(IdentityError) -> WriteOperation {
        .put(R.recordKey(record.name), value: try encode(record), index: record.index, expect: expect)
    }

    static func encode(_ value: some Encodable) throws(IdentityError) -> [UInt8] {
        do { return Array(try JSONEncoder().encode(value)) } catch { throw .unreadable }
    }

    static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws(IdentityError) -> T {
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch { throw .unreadable }
    }
}
