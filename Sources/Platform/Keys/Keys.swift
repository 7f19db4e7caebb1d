import Core
import Storage
import Synchronization
import Vault

/// The keys of accounts and resources: made when first asked for, kept wrapped in the store, and erased for good.
///
/// A resource is named by its kind and name, `function/resize`. A key is in the store before it seals anything, so
/// nothing is ever sealed with a key that a crash would take away.
package actor Keys {
    private static let resourceKind = "key"
    private static let accountKind = "account-key"

    private struct Place: Hashable {
        let account: AccountID
        let resource: String
    }

    private let store: any Store
    let root: RootKey
    private var accounts: [AccountID: AccountKey] = [:]
    /// What was asked for lately; seen without waiting for the actor.
    private nonisolated let resources: Mutex<BoundedCache<Place, SealingKey>>
    /// Counts erasures: whoever waited while it grew must look again.
    private var erasures = 0

    /// Takes a root key as it is; a server uses `open`, which checks it first.
    package init(store: any Store, root: RootKey, cached: Int = 8192) {
        self.store = store
        self.root = root
        resources = Mutex(BoundedCache(limit: cached))
    }

    /// The key of a resource, made if there is none.
    package nonisolated func key(for resource: String, in account: AccountID) async throws(KeysError) -> SealingKey {
        if let known = knownKey(for: resource, in: account) { return known }
        return try await loadOrMake(resource, in: account)
    }

    private func loadOrMake(_ resource: String, in account: AccountID) async throws(KeysError) -> SealingKey {
        let accountKey = try await accountKey(of: account)
        let id = RecordKey(kind: Self.resourceKind, id: resource)
        while true {
            let before = erasures
            let key: SealingKey
            if let wrapped = try await load(id, of: account) {
                key = try KeysError.opening { () throws(EnvelopeError) in
                    try accountKey.unwrap(wrapped, resource: resource)
                }
            } else {
                let made = accountKey.makeKey(for: resource)
                guard try await add(made.wrapped, as: id, of: account) else { continue }
                key = made.key
            }
            guard erasures == before else { continue }
            resources.withLock { $0[Place(account: account, resource: resource)] = key }
            return key
        }
    }

    /// The key of a resource, if it was asked for lately and is not erased: for those who cannot wait.
    package nonisolated func knownKey(for resource: String, in account: AccountID) -> SealingKey? {
        resources.withLock { $0[Place(account: account, resource: resource)] }
    }

    /// The key of a resource that was sealed for before; an error if the key was erased.
    package nonisolated func existingKey(
        for resource: String, in account: AccountID
    ) async throws(KeysError) -> SealingKey {
        if let known = knownKey(for: resource, in: account) { return known }
        let id = RecordKey(kind: Self.resourceKind, id: resource)
        guard try await load(id, of: account) != nil else { throw .erased(resource: resource) }
        return try await key(for: resource, in: account)
    }

    /// Erases the key of a resource: whatever was sealed with it can never be read again.
    package func erase(_ resource: String, in account: AccountID) async throws(KeysError) {
        let id = RecordKey(kind: Self.resourceKind, id: resource)
        do {
            _ = try await store.commit(Partition(account: account), [.delete(id)])
        } catch {
            throw .store(error)
        }
        erasures += 1
        resources.withLock { $0.remove(Place(account: account, resource: resource)) }
    }

    /// Seals a payload with the key of the resource that its binding names.
    nonisolated package func seal(_ plaintext: [UInt8], _ binding: Binding) async throws(KeysError) -> [UInt8] {
        try await key(for: binding.resource, in: binding.account).seal(plaintext, binding: binding)
    }

    /// Opens a payload with the key of the resource that its binding names.
    nonisolated package func open(_ sealed: [UInt8], _ binding: Binding) async throws(KeysError) -> [UInt8] {
        let key = try await existingKey(for: binding.resource, in: binding.account)
        return try KeysError.opening { () throws(EnvelopeError) in try key.open(sealed, binding: binding) }
    }

    private func accountKey(of account: AccountID) async throws(KeysError) -> AccountKey {
        let id = RecordKey(kind: Self.accountKind, id: account.text)
        while true {
            if let known = accounts[account] { return known }
            if let wrapped = try await load(id, of: account) {
                let key = try KeysError.opening { () throws(EnvelopeError) in
                    try root.unwrap(wrapped, account: account)
                }
                accounts[account] = key
                return key
            }
            let made = root.makeKey(for: account)
            // If another was faster, its key is loaded in the next round.
            if try await add(made.wrapped, as: id, of: account) { accounts[account] = made.key }
        }
    }

    private func load(_ id: RecordKey, of account: AccountID) async throws(KeysError) -> WrappedKey? {
        do {
            return try await store.get(Partition(account: account), id).map { WrappedKey(bytes: $0.value) }
        } catch {
            throw .store(error)
        }
    }

    /// Stores a new key; `false` if there is one already.
    private func add(_ key: WrappedKey, as id: RecordKey, of account: AccountID) async throws(KeysError) -> Bool {
        do {
            _ = try await store.commit(Partition(account: account), [.put(id, value: key.bytes, expect: .absent)])
            return true
        } catch .conflict {
            return false
        } catch {
            throw .store(error)
        }
    }
}
