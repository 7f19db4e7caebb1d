import Core
import Crypto

/// An encrypted key, as it lies in the store: it is opened with the key above it, for the place it was made for.
package struct WrappedKey: Hashable, Sendable {
    static let version: UInt8 = 1
    /// How many bytes every wrapped key has.
    package static let size = 1 + WrappingKey.wrappedSize

    /// What the store keeps.
    package let bytes: [UInt8]

    /// Takes what the store kept.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ key: KeyMaterial, under parent: KeyMaterial, purpose: String, place: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes[0] = Self.version
        // SAFETY: both buffers are used only inside the closures.
        unsafe key.key.withUnsafeBytes { key in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                let output = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[1...])
                unsafe WrappingKey(parent, purpose: purpose).wrap(key, place: place, into: output)
            }
        }
        self.bytes = bytes
    }

    func unwrap(under parent: KeyMaterial, purpose: String, place: [UInt8]) throws(EnvelopeError) -> KeyMaterial {
        guard let first = bytes.first else { throw .truncated(bytes: 0) }
        guard first == Self.version else { throw .unknownVersion(first) }
        // SAFETY: the key is copied inside the closure.
        return try unsafe WrappingKey(parent, purpose: purpose).unwrap(bytes.dropFirst(), place: place) {
            unsafe KeyMaterial(bytes: $0)
        }
    }
}

/// The key of an account: wraps the keys of its resources.
package struct AccountKey: Sendable, CustomReflectable {
    package let account: AccountID
    private let material: KeyMaterial

    init(_ material: KeyMaterial, account: AccountID) {
        self.material = material
        self.account = account
    }

    /// Makes the key of a resource; the wrapped form is to be stored before the key seals anything.
    package func makeKey(for resource: String) -> (key: SealingKey, wrapped: WrappedKey) {
        let key = KeyMaterial()
        let wrapped = WrappedKey(key, under: material, purpose: Self.purpose, place: place(of: resource))
        return (SealingKey(key), wrapped)
    }

    /// Opens the key of a resource.
    package func unwrap(_ wrapped: WrappedKey, resource: String) throws(EnvelopeError) -> SealingKey {
        SealingKey(try wrapped.unwrap(under: material, purpose: Self.purpose, place: place(of: resource)))
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static let purpose = "resource-key"

    private func place(of resource: String) -> [UInt8] { Binding.encode(account.text, resource) }
}

extension RootKey {
    private static let purpose = "account-key"

    /// Makes the key of an account; the wrapped form is to be stored before the key is used.
    package func makeKey(for account: AccountID) -> (key: AccountKey, wrapped: WrappedKey) {
        let key = KeyMaterial()
        let place = Binding.encode(account.text)
        let wrapped = WrappedKey(key, under: material, purpose: Self.purpose, place: place)
        return (AccountKey(key, account: account), wrapped)
    }

    /// Opens the key of an account.
    package func unwrap(_ wrapped: WrappedKey, account: AccountID) throws(EnvelopeError) -> AccountKey {
        let place = Binding.encode(account.text)
        return AccountKey(
            try wrapped.unwrap(under: material, purpose: Self.purpose, place: place), account: account)
    }
}
