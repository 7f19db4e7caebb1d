import Core
import FoundationEssentials

/// The key of one resource (a function, a log group, a queue): seals its payloads, each with a data key of its own.
///
/// An envelope is: version (1 byte), wrapped data key (72 bytes), ciphertext, tag (16 bytes). The additional data of
/// the ciphertext is everything before it and the binding, so no part of one envelope fits another.
package struct SealingKey: Sendable, CustomReflectable {
    /// How many bytes longer an envelope is than what it holds.
    package static let overhead = headerSize + AESGCM.tagSize

    static let version: UInt8 = 1
    static let headerSize = 1 + WrappingKey.wrappedSize
    private static let roomForHeader = [UInt8](repeating: 0, count: headerSize)
    private static let roomForTag = [UInt8](repeating: 0, count: AESGCM.tagSize)

    private let wrapping: WrappingKey

    init(_ material: KeyMaterial) { wrapping = WrappingKey(material, purpose: "data-key") }

    /// Encrypts a payload for one place.
    package func seal(_ plaintext: [UInt8], binding: Binding) -> [UInt8] {
        var envelope: [UInt8] = []
        envelope.reserveCapacity(Self.overhead + plaintext.count)
        seal(behind: &envelope, binding: binding) { $0 += plaintext }
        return envelope
    }

    /// Appends an envelope of the payload that `write` appends, which is encrypted where it lies.
    package func seal(behind output: inout [UInt8], binding: Binding, _ write: (inout [UInt8]) -> Void) {
        let start = output.count
        output.append(contentsOf: Self.roomForHeader)
        write(&output)
        output.append(contentsOf: Self.roomForTag)
        let place = binding.encoded
        // SAFETY: every buffer is used only inside its closure; header and rest lie side by side in the output.
        unsafe KeyMaterial.withRandomBits { dataKey in
            unsafe output.withUnsafeMutableBytes { output in
                let header = unsafe UnsafeMutableRawBufferPointer(rebasing: output[start..<start + Self.headerSize])
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: output[(start + Self.headerSize)...])
                let wrapped = unsafe UnsafeMutableRawBufferPointer(rebasing: header[1...])
                unsafe header[0] = Self.version
                unsafe wrapping.wrap(dataKey, place: place, into: wrapped)
                let plaintext = unsafe UnsafeRawBufferPointer(rebasing: rest[..<(rest.count - AESGCM.tagSize)])
                unsafe AESGCM.seal(plaintext, key: dataKey, additional: header + place, into: rest)
            }
        }
    }

    /// Decrypts what was sealed with this key for the same place.
    package func open(_ envelope: [UInt8], binding: Binding) throws(EnvelopeError) -> [UInt8] {
        guard envelope.count >= Self.overhead else { throw .truncated(bytes: envelope.count) }
        guard envelope[0] == Self.version else { throw .unknownVersion(envelope[0]) }
        let place = binding.encoded
        let header = envelope[..<Self.headerSize]
        // SAFETY: every buffer is used only inside its closure.
        return try unsafe wrapping.unwrap(header.dropFirst(), place: place) { dataKey throws(EnvelopeError) in
            var plaintext = [UInt8](repeating: 0, count: envelope.count - Self.overhead)
            let isOpen = unsafe plaintext.withUnsafeMutableBytes { plaintext in
                unsafe envelope[Self.headerSize...].withUnsafeBytes {
                    unsafe AESGCM.open($0, key: dataKey, additional: header + place, into: plaintext)
                }
            }
            guard isOpen else { throw .notAuthentic }
            return plaintext
        }
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
