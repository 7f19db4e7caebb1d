import Core

/// An encrypted key, as it lies in the store: it is opened with the key above it, for the place it was made for.
package struct WrappedKey: Hashable, Sendable {
    static let version: UInt8 = 1

    /// What the store keeps.
    package let bytes: [UInt8]

    /// Takes what the store kept.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ key: KeyMaterial, under parent: KeyMaterial, purpose: String, place: [UInt8]) throws(EnvelopeError) {
        bytes = [Self.version] + (try parent.wrap(key, purpose: purpose, place: place))
    }

    func unwrap(under parent: KeyMaterial, purpose: String, place: [UInt8]) throws(EnvelopeError) -> KeyMaterial {
        guard let first = bytes.first else { throw .truncated(bytes: 0) }
        guard first == Self.version else { throw .unknownVersion(first) }
        return try parent.unwrap(bytes.dropFirst(), purpose: purpose, place: place)
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
    package func makeKey(for resource: String) throws(EnvelopeError) -> (key: SealingKey, wrapped: WrappedKey) {
        let key = KeyMaterial()
        let wrapped = try WrappedKey(key, under: material, purpose: Self.purpose, place: place(of: resource))
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
    package func makeKey(for account: AccountID) throws(EnvelopeError) -> (key: AccountKey, wrapped: WrappedKey) {
        let key = KeyMaterial()
        let place = Binding.encode(account.text)
        let wrapped = try WrappedKey(key, under: material, purpose: Self.purpose, place: place)
        return (AccountKey(key, account: account), wrapped)
    }

    /// Opens the key of an account.
    package func unwrap(_ wrapped: WrappedKey, account: AccountID) throws(EnvelopeError) -> AccountKey {
        let place = Binding.encode(account.text)
        return AccountKey(
            try wrapped.unwrap(under: material, purpose: Self.purpose, place: place), account: account)
    }
}
