import Core
import FoundationEssentials

/// A well-known text sealed under the root key: tells the right key from a wrong one before anything else is touched.
///
/// It is stored when a data folder is new. A folder that holds data but whose check does not open has lost its key.
package struct KeyCheck: Hashable, Sendable {
    /// What the store keeps.
    package let bytes: [UInt8]

    private static let text = Array("martlet".utf8)

    /// Takes what the store kept.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Makes the check for a new data folder.
    package init(of root: RootKey) {
        let sealed = Self.key(of: root).seal(Self.text, binding: Self.binding)
        bytes = Array(root.fingerprint.utf8) + sealed
    }

    /// Refuses every root key but the one the check was made with.
    package func verify(_ root: RootKey) throws(EnvelopeError) {
        let given = root.fingerprint
        let length = given.utf8.count
        guard bytes.count > length else { throw .truncated(bytes: bytes.count) }
        let found = String(decoding: bytes.prefix(length), as: UTF8.self)
        guard found == given else { throw .wrongRootKey(sealedWith: found, given: given) }
        let opened = try Self.key(of: root).open(Array(bytes.dropFirst(length)), binding: Self.binding)
        guard opened == Self.text else { throw .notAuthentic }
    }

    private static let binding = Binding(account: .standard, resource: "root", use: "key-check")

    private static func key(of root: RootKey) -> SealingKey { SealingKey(root.material.derive("key-check")) }
}
