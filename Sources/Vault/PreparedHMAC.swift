import CCryptoBoringSSL
import Crypto
import FoundationEssentials

/// A key for HMAC-SHA256 whose own share of the work is done: each code costs only what its message needs.
///
/// RFC 2104: the hashes of the key's two paddings are computed once, and copied for each message. They are worth as much as
/// the key, so they are kept as one, and erased when the last holder lets go. BoringSSL is called directly, as in `AESGCM`.
package struct PreparedHMAC: Sendable, CustomReflectable {
    private static let blockSize = 64
    private static let codeSize = 32

    /// The bytes of two `SHA256_CTX`: the hash after the inner padding, and the one after the outer.
    private let states: SymmetricKey

    /// Takes the key's bytes, of any length.
    package init(key: some ContiguousBytes) {
        // SAFETY: the bytes are read only inside the closure.
        states = unsafe key.withUnsafeBytes { unsafe Self.states(of: $0) }
    }

    private static func states(of key: UnsafeRawBufferPointer) -> SymmetricKey {
        // SAFETY: both states are set up before they are copied; they and the block are erased before their room goes.
        unsafe withUnsafeTemporaryAllocation(of: SHA256_CTX.self, capacity: 2) { states in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize) { block in
                let bytes = UnsafeRawBufferPointer(states)
                defer {
                    unsafe CCryptoBoringSSL_OPENSSL_cleanse(states.baseAddress, bytes.count)
                    unsafe CCryptoBoringSSL_OPENSSL_cleanse(block.baseAddress, block.count)
                }
                unsafe block.initialize(repeating: 0)
                if key.count > blockSize {
                    _ = unsafe CCryptoBoringSSL_SHA256(key.baseAddress, key.count, block.baseAddress)
                } else {
                    unsafe UnsafeMutableRawBufferPointer(block).copyMemory(from: key)
                }
                // SAFETY: as above.
                for (index, flip) in [0x36, 0x36 ^ 0x5c as UInt8].enumerated() {
                    for position in block.indices { unsafe block[position] ^= flip }
                    let state = unsafe states.baseAddress.map { unsafe $0 + index }
                    unsafe CCryptoBoringSSL_SHA256_Init(state)
                    unsafe CCryptoBoringSSL_SHA256_Update(state, block.baseAddress, block.count)
                }
                return unsafe SymmetricKey(data: bytes)
            }
        }
    }

    /// The code of a message.
    package func code(for message: Span<UInt8>) -> SHA256Digest {
        // SAFETY: the bytes are read only inside the closures.
        unsafe message.withUnsafeBytes { unsafe withCode(of: $0) { unsafe SHA256Digest(bytes: $0) } }
    }

    /// Lends the code of a message, where it is itself a key: it is erased afterwards.
    func withCode<Result>(of message: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // SAFETY: the hash begins as a copy of a state that was set up; hash and code are erased before their room goes.
        unsafe withUnsafeTemporaryAllocation(of: SHA256_CTX.self, capacity: 1) { room in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.codeSize) { code in
                let hash = room.baseAddress
                defer {
                    unsafe CCryptoBoringSSL_OPENSSL_cleanse(hash, MemoryLayout<SHA256_CTX>.size)
                    unsafe CCryptoBoringSSL_OPENSSL_cleanse(code.baseAddress, code.count)
                }
                unsafe begin(hash, 0, message)
                unsafe CCryptoBoringSSL_SHA256_Final(code.baseAddress, hash)
                // SAFETY: as above.
                unsafe begin(hash, 1, UnsafeRawBufferPointer(code))
                unsafe CCryptoBoringSSL_SHA256_Final(code.baseAddress, hash)
                return unsafe body(UnsafeRawBufferPointer(code))
            }
        }
    }

    /// Continues one of the two states.
    private func begin(_ hash: UnsafeMutablePointer<SHA256_CTX>?, _ index: Int, _ message: UnsafeRawBufferPointer) {
        // SAFETY: the bytes are those of two states.
        unsafe states.withUnsafeBytes { states in
            let offset = index * MemoryLayout<SHA256_CTX>.stride
            unsafe hash?.initialize(to: states.loadUnaligned(fromByteOffset: offset, as: SHA256_CTX.self))
        }
        _ = unsafe CCryptoBoringSSL_SHA256_Update(hash, message.baseAddress, message.count)
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
