import Core
import Crypto
import FoundationEssentials

/// The key of one resource (a function, a log group, a queue): seals its payloads, each with a data key of its own.
///
/// An envelope is: version (1 byte), wrapped data key (72 bytes), ciphertext, tag (16 bytes). The additional data of
/// the ciphertext is everything before it and the binding, so no part of one envelope fits another.
package struct SealingKey: Sendable, CustomReflectable {
    /// How many bytes longer an envelope is than what it holds.
    package static let overhead = headerSize + KeyMaterial.tagSize

    static let version: UInt8 = 1
    static let headerSize = 1 + KeyMaterial.wrappedSize
    private static let purpose = "data-key"

    private let material: KeyMaterial

    init(_ material: KeyMaterial) { self.material = material }

    /// Encrypts a payload for one place.
    package func seal(_ plaintext: some DataProtocol, binding: Binding) throws(EnvelopeError) -> [UInt8] {
        let dataKey = KeyMaterial()
        let place = binding.encoded
        var envelope: [UInt8] = []
        envelope.reserveCapacity(Self.overhead + plaintext.count)
        envelope.append(Self.version)
        envelope.append(contentsOf: try material.wrap(dataKey, purpose: Self.purpose, place: place))
        guard let sealed = dataKey.encrypt(plaintext, additional: envelope + place) else { throw .notAuthentic }
        envelope.append(contentsOf: sealed.ciphertext)
        envelope.append(contentsOf: sealed.tag)
        return envelope
    }

    /// Decrypts what was sealed with this key for the same place.
    package func open(_ envelope: [UInt8], binding: Binding) throws(EnvelopeError) -> [UInt8] {
        guard envelope.count >= Self.overhead else { throw .truncated(bytes: envelope.count) }
        guard envelope[0] == Self.version else { throw .unknownVersion(envelope[0]) }
        let place = binding.encoded
        let header = envelope[..<Self.headerSize]
        let dataKey = try material.unwrap(header.dropFirst(), purpose: Self.purpose, place: place)
        return [UInt8](try dataKey.decrypt(envelope[Self.headerSize...], additional: header + place))
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
