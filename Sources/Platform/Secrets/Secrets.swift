import Core
import Egress
import Storage
import Vault

/// What can go wrong with a secret.
package enum SecretError: Error, Equatable {
    /// 1 to 128 letters, digits, dashes, underscores, dots and slashes.
    case badName(String)
    case tooLarge(limit: Int)
    case missing(String)
    case store(StoreError)
    case keys(KeysError)
}

extension SecretError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        case .keys(let error): error.storeError
        default: nil
        }
    }
}

/// The account's secrets: named bytes that the platform uses for functions, and that no function ever holds.
///
/// Each is sealed with a key of its own, which is erased with it. What is put in can be replaced, but not read back.
package struct Secrets: Sendable {
    /// Bytes of one secret.
    package static let limit = 65_536
    private static let kind = "secret"

    private let account: AccountID
    private let store: any Store
    private let keys: Keys

    /// Keeps secrets in an account's partition of a store.
    package init(account: AccountID, store: any Store, keys: Keys) {
        self.account = account
        self.store = store
        self.keys = keys
    }

    /// Keeps a secret, in the place of one of the same name.
    package func put(_ name: String, _ bytes: [UInt8]) async throws(SecretError) {
        guard SecretReference(name) != nil else { throw .badName(name) }
        guard bytes.count <= Self.limit else { throw .tooLarge(limit: Self.limit) }
        let sealed: [UInt8]
        do throws(KeysError) { sealed = try await keys.seal(bytes, binding(name)) } catch { throw .keys(error) }
        try await commit(.put(Self.key(name), value: sealed))
    }

    /// The names, in order.
    package func names() async throws(SecretError) -> [String] {
        var names: [String] = []
        var cursor: Cursor?
        repeat {
            let page: Page
            do throws(StoreError) {
                page = try await store.scan(partition, .kind(Self.kind), after: cursor, limit: 1000)
            } catch { throw .store(error) }
            names += page.records.map(\.key.id)
            cursor = page.next
        } while cursor != nil
        return names
    }

    /// Deletes a secret and its key: no copy of it can be read any more.
    package func delete(_ name: String) async throws(SecretError) {
        guard try await sealed(name) != nil else { throw .missing(name) }
        try await commit(.delete(Self.key(name)))
        do throws(KeysError) { try await keys.erase(Self.resource(name), in: account) } catch { throw .keys(error) }
    }

    /// The bytes, for the one use that is about to be made of them.
    package func lease(_ name: String) async throws(SecretError) -> [UInt8] {
        guard let sealed = try await sealed(name) else { throw .missing(name) }
        do throws(KeysError) { return try await keys.open(sealed, binding(name)) } catch { throw .keys(error) }
    }

    private static func key(_ name: String) -> RecordKey { RecordKey(kind: kind, id: name) }

    private static func resource(_ name: String) -> String { "secret/\(name)" }

    private var partition: Partition { Partition(account: account) }

    private func binding(_ name: String) -> Binding {
        Binding(account: account, resource: Self.resource(name), use: "value")
    }

    private func sealed(_ name: String) async throws(SecretError) -> [UInt8]? {
        do throws(StoreError) { return try await store.get(partition, Self.key(name))?.value } catch {
            throw .store(error)
        }
    }

    private func commit(_ operation: WriteOperation) async throws(SecretError) {
        do throws(StoreError) { _ = try await store.commit(partition, [operation]) } catch { throw .store(error) }
    }
}
