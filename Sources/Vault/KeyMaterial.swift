import CCryptoBoringSSL
import Core
import Crypto
import FoundationEssentials

/// The 256 secret bits under every kind of key here.
///
/// The bits are erased from memory when the last copy goes away, and are shown by no description, dump or mirror.
struct KeyMaterial: Sendable, CustomReflectable {
    static let size = 32

    let key: SymmetricKey

    /// Makes new random bits.
    init() {
        // SAFETY: the bits are copied inside the closure.
        self = unsafe Self.withRandomBits { unsafe KeyMaterial(bytes: $0) }
    }

    /// Takes 32 bytes.
    init(bytes: some ContiguousBytes) { key = SymmetricKey(data: bytes) }

    /// Lends new random bits for a key that is used once, and erases them.
    static func withRandomBits<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // SAFETY: exactly as many bytes are written as there are.
        unsafe withRoom { room in
            unsafe PooledRandom.fill(room)
            return unsafe body(UnsafeRawBufferPointer(room))
        }
    }

    /// Lends room for a key that is used once, and erases it.
    static func withRoom<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the room is used only inside the closure, and is erased before it goes.
        try unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { room throws(Failure) in
            defer { unsafe CCryptoBoringSSL_OPENSSL_cleanse(room.baseAddress, room.count) }
            return try unsafe body(room)
        }
    }

    /// A key for one purpose, from which neither this one nor one for another purpose can be told (RFC 5869, 2.3).
    func derive(_ purpose: String) -> KeyMaterial {
        // HKDF-Expand gives a hash's length in one block: the code of the info and the number 1.
        KeyMaterial(bytes: HMAC<SHA256>.authenticationCode(for: Self.label(purpose) + [1], using: key))
    }

    /// What a purpose is called where keys are derived.
    static func label(_ purpose: String) -> [UInt8] { Array("martlet.1.\(purpose)\0".utf8) }

    var customMirror: Mirror { Mirror(self, children: []) }
}
