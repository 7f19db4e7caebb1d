import Core
import Storage
import Vault

extension Keys {
    private static let home = Partition(account: .standard)
    private static let checkID = RecordKey(kind: "key-check", id: "root")

    /// Reads the root key and makes sure that it is the one the store's data is sealed under.
    ///
    /// Only where the store holds nothing yet is a new key made, and only as a file. A store that holds data and whose
    /// key is missing is an error: new keys over old data would hide that the old data is lost.
    package static func open(
        store: any Store, source: KeySource, cached: Int = 8192
    ) async throws(KeysError) -> Keys {
        if let check = try await storedCheck(in: store) {
            let root = try load(source) { .rootKeyLost($0) }
            do { try check.verify(root) } catch { throw .wrongRootKey(error) }
            return Keys(store: store, root: root, cached: cached)
        }
        let root = try loadOrCreate(source)
        let check = KeyCheck(of: root)
        do {
            _ = try await store.commit(home, [.put(checkID, value: check.bytes, expect: .absent)])
        } catch {
            throw .store(error)
        }
        return Keys(store: store, root: root, cached: cached)
    }

    /// The stored check; `nil` in a new store only.
    private static func storedCheck(in store: any Store) async throws(KeysError) -> KeyCheck? {
        do {
            if let record = try await store.get(home, checkID) { return KeyCheck(bytes: record.value) }
            let keys = try await store.scan(home, .kind("account-key"), after: nil, limit: 1)
            guard keys.records.isEmpty else { throw KeysError.keyCheckMissing }
            return nil
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .keyCheckMissing
        }
    }

    private static func load(
        _ source: KeySource, _ failure: (KeySourceError) -> KeysError
    ) throws(KeysError) -> RootKey {
        do { return try source.load() } catch { throw failure(error) }
    }

    private static func loadOrCreate(_ source: KeySource) throws(KeysError) -> RootKey {
        do {
            return try source.load()
        } catch .missing(let path) {
            do { return try RootKey.create(file: path) } catch { throw .noRootKey(error) }
        } catch {
            throw .noRootKey(error)
        }
    }
}
