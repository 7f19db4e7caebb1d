import Core

/// A key made ready to encrypt other keys for one purpose.
///
/// Each wrapping has its own key, made from this one and a fresh 192-bit salt (HKDF-Expand, RFC 5869 section 2.3), so its
/// nonce is a constant and the number of wrappings has no practical limit (a random 96-bit nonce would be worn out after
/// 2^32).
struct WrappingKey: Sendable {
    /// How many bytes a wrapped key has: salt, ciphertext, tag.
    static let wrappedSize = saltSize + KeyMaterial.size + AESGCM.tagSize
    private static let saltSize = 24

    private let code: PreparedHMAC
    private let label: [UInt8]

    /// Takes the key above and what it is for.
    init(_ material: KeyMaterial, purpose: String) {
        code = PreparedHMAC(key: material.key)
        label = KeyMaterial.label(purpose)
    }

    /// Writes another key, encrypted for one place, into `output`, which has `wrappedSize` bytes.
    func wrap(_ other: UnsafeRawBufferPointer, place: [UInt8], into output: UnsafeMutableRawBufferPointer) {
        // SAFETY: the parts lie side by side in the output, whose size `seal` checks.
        let salt = unsafe UnsafeMutableRawBufferPointer(rebasing: output[..<Self.saltSize])
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: output[Self.saltSize...])
        unsafe PooledRandom.fill(salt)
        unsafe info(salt).withUnsafeBytes { info in
            unsafe code.withCode(of: info) { unsafe AESGCM.seal(other, key: $0, additional: place, into: rest) }
        }
    }

    /// Lends what `wrap` wrapped for the same purpose and place, and erases it.
    func unwrap<Result>(
        _ wrapped: ArraySlice<UInt8>, place: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(EnvelopeError) -> Result
    ) throws(EnvelopeError) -> Result {
        guard wrapped.count == Self.wrappedSize else { throw .truncated(bytes: wrapped.count) }
        let info = info(wrapped.prefix(Self.saltSize))
        return try unsafe KeyMaterial.withRoom { room throws(EnvelopeError) in
            // SAFETY: every buffer is used only inside its closure.
            let isOpen = unsafe info.withUnsafeBytes { info in
                unsafe wrapped.dropFirst(Self.saltSize).withUnsafeBytes { sealed in
                    unsafe code.withCode(of: info) {
                        unsafe AESGCM.open(sealed, key: $0, additional: place, into: room)
                    }
                }
            }
            guard isOpen else { throw .notAuthentic }
            return try unsafe body(UnsafeRawBufferPointer(room))
        }
    }

    /// HKDF-Expand gives a hash's length in one block: the code of the info and the number 1.
    private func info(_ salt: some Collection<UInt8>) -> [UInt8] {
        var info: [UInt8] = []
        info.reserveCapacity(label.count + Self.saltSize + 1)
        info.append(contentsOf: label)
        info.append(contentsOf: salt)
        info.append(1)
        return info
    }
}
