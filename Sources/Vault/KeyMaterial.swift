import Core
import Crypto
import FoundationEssentials
import Glibc

/// The 256 secret bits under every kind of key here, and the two things done with them.
///
/// The bits are erased from memory when the last copy goes away, and are shown by no description, dump or mirror.
struct KeyMaterial: Sendable, CustomReflectable {
    /// How many bytes `wrap` adds up to.
    static let wrappedSize = saltSize + size + tagSize
    static let size = 32
    static let saltSize = 24
    static let tagSize = 16

    let key: SymmetricKey

    /// Makes new random bits.
    init() {
        var bits = InlineArray<4, UInt64>(repeating: 0)
        var span = bits.mutableSpan
        // SAFETY: the bytes are used only inside the closure, and are erased before they are let go.
        key = unsafe span.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress, unsafe getentropy(start, bytes.count) == 0 else {
                preconditionFailure("the kernel gives no random numbers")
            }
            defer { unsafe explicit_bzero(start, bytes.count) }
            return unsafe SymmetricKey(data: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Takes 32 bytes.
    init(bytes: some ContiguousBytes) { key = SymmetricKey(data: bytes) }

    private init(_ key: SymmetricKey) { self.key = key }

    /// A key for one purpose, from which neither this one nor one for another purpose can be told (RFC 5869, 2.3).
    func derive(_ purpose: String, salt: some Sequence<UInt8> = []) -> KeyMaterial {
        var info = Array("martlet.1.\(purpose)\0".utf8)
        info.append(contentsOf: salt)
        // HKDF-Expand gives a hash's length in one block: the code of the info and the number 1.
        info.append(1)
        return KeyMaterial(bytes: HMAC<SHA256>.authenticationCode(for: info, using: key))
    }

    /// Encrypts another key for one purpose and place.
    ///
    /// Each wrapping has its own key, made from a fresh 192-bit salt, so its nonce is a constant and the number of
    /// wrappings has no practical limit (a random 96-bit nonce would be worn out after 2^32).
    func wrap(_ other: KeyMaterial, purpose: String, place: [UInt8]) throws(EnvelopeError) -> [UInt8] {
        let salt = Self.randomSalt()
        let wrapping = derive(purpose, salt: salt)
        // SAFETY: the bytes of the key are read only inside the closure.
        let sealed = unsafe other.key.withUnsafeBytes { unsafe wrapping.encrypt(Data($0), additional: place) }
        guard let sealed else { throw .notAuthentic }
        return salt + sealed.ciphertext + sealed.tag
    }

    /// Decrypts what `wrap` made for the same purpose and place.
    func unwrap(_ wrapped: ArraySlice<UInt8>, purpose: String, place: [UInt8]) throws(EnvelopeError) -> KeyMaterial {
        guard wrapped.count == Self.wrappedSize else { throw .truncated(bytes: wrapped.count) }
        let wrapping = derive(purpose, salt: wrapped.prefix(Self.saltSize))
        var bytes = try wrapping.decrypt(wrapped.dropFirst(Self.saltSize), additional: place)
        defer { bytes.resetBytes(in: 0..<bytes.count) }
        return KeyMaterial(bytes: bytes)
    }

    /// Encrypts the one message that this key will ever encrypt; `nil` only if the system has no memory left.
    func encrypt(_ message: some DataProtocol, additional: [UInt8]) -> AES.GCM.SealedBox? {
        // A failure here has no cause that a caller could do something about.
        try? AES.GCM.seal(message, using: key, nonce: Self.onlyNonce, authenticating: additional)
    }

    /// Decrypts ciphertext with its tag behind it.
    func decrypt(_ sealed: ArraySlice<UInt8>, additional: [UInt8]) throws(EnvelopeError) -> Data {
        guard sealed.count >= Self.tagSize else { throw .truncated(bytes: sealed.count) }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: Self.onlyNonce, ciphertext: sealed.dropLast(Self.tagSize), tag: sealed.suffix(Self.tagSize))
            return try AES.GCM.open(box, using: key, authenticating: additional)
        } catch {
            throw .notAuthentic
        }
    }

    var customMirror: Mirror { Mirror(self, children: []) }

    /// The nonce of every encryption: each key encrypts exactly one message.
    private static let onlyNonce = AES.GCM.Nonce.zero

    private static func randomSalt() -> [UInt8] {
        let generator = PooledRandom()
        var salt: [UInt8] = []
        salt.reserveCapacity(saltSize + size + tagSize)
        for _ in 0..<(saltSize / 8) {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) {
                salt.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return salt
    }
}

extension AES.GCM.Nonce {
    /// Twelve zero bytes.
    fileprivate static var zero: AES.GCM.Nonce {
        do { return try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12)) } catch {
            preconditionFailure("twelve bytes are a nonce")
        }
    }
}
