import Core
import Crypto

/// Keys that travel with what they seal, wrapped under the root key alone.
///
/// A file that carries its key can be read with the root key and without the store: a backup, or the audit trail.
extension RootKey {
    private static let carried = "carried-key"

    /// Makes the key of a file; the wrapped form is to lie in the file before the key seals anything.
    package func makeCarriedKey(
        for resource: String, in account: AccountID
    ) -> (key: SealingKey, wrapped: WrappedKey) {
        let key = KeyMaterial()
        let place = Binding.encode(account.text, resource)
        let wrapped = WrappedKey(key, under: material, purpose: Self.carried, place: place)
        return (SealingKey(key), wrapped)
    }

    /// Opens the key that a file carries.
    package func openCarriedKey(
        _ wrapped: WrappedKey, for resource: String, in account: AccountID
    ) throws(EnvelopeError) -> SealingKey {
        let place = Binding.encode(account.text, resource)
        return SealingKey(try wrapped.unwrap(under: material, purpose: Self.carried, place: place))
    }

    /// A key that vouches for what leaves the server, one for each purpose.
    package func authenticator(for purpose: String) -> HMACSHA256 {
        var bytes = material.derive("authenticator").derive(purpose).copy
        defer { bytes.wipe() }
        return HMACSHA256(key: bytes)
    }
}

extension KeyMaterial {
    /// The bits, for the caller to wipe.
    fileprivate var copy: [UInt8] {
        // SAFETY: the bytes are read only inside the closure.
        unsafe key.withUnsafeBytes { unsafe Array($0) }
    }
}
