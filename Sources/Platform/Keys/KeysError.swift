import Storage
import Vault

/// Why a key cannot be had.
package enum KeysError: Error, Equatable {
    /// The store holds data, but the root key that it was sealed under is not there.
    case rootKeyLost(KeySourceError)
    /// The store holds data sealed under another root key, or its key check was changed.
    case wrongRootKey(EnvelopeError)
    /// There is no data yet, and no root key could be read or made.
    case noRootKey(KeySourceError)
    /// The store holds keys but not the check that must have been written before them.
    case keyCheckMissing
    /// The key was erased, and what it sealed with it.
    case erased(resource: String)
    /// A key or a payload does not open.
    case sealed(EnvelopeError)
    case store(StoreError)

    static func opening<R>(_ body: () throws(EnvelopeError) -> R) throws(KeysError) -> R {
        do { return try body() } catch { throw .sealed(error) }
    }
}

extension KeysError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        default: nil
        }
    }
}
