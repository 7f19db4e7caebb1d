import CCryptoBoringSSL

/// A key for HMAC-SHA256 whose own share of the work is done: each code costs only what its message needs.
///
/// RFC 2104: the hashes of the key's two paddings are computed once, and copied for each message. They are worth as much as
/// the key, so they are erased when the last holder lets go. BoringSSL is called directly, as in `AESGCM`.
@safe package final class PreparedHMAC: Sendable, CustomReflectable {
    private static let blockSize = 64
    private static let codeSize = 32

    /// The hash after the inner padding, and the one after the outer.
    ///
    /// SAFETY: written while this is made, only read afterwards, and let go by `deinit`.
    private nonisolated(unsafe) let states: UnsafeMutablePointer<SHA256_CTX>

    /// Takes the key's bytes, of any length.
    package init(key: [UInt8]) {
        // SAFETY: the bytes are read only inside the closure.
        unsafe states = key.withUnsafeBytes { unsafe Self.states(of: $0) }
    }

    /// Takes the key's bytes, of any length.
    init(key: UnsafeRawBufferPointer) { unsafe states = Self.states(of: key) }

    private static func states(of key: UnsafeRawBufferPointer) -> UnsafeMutablePointer<SHA256_CTX> {
        // SAFETY: both states are set up before anything reads them; the block is erased before it goes.
        let states = UnsafeMutablePointer<SHA256_CTX>.allocate(capacity: 2)
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize) { block in
            unsafe block.initialize(repeating: 0)
            defer { unsafe CCryptoBoringSSL_OPENSSL_cleanse(block.baseAddress, block.count) }
            if key.count > blockSize {
                _ = unsafe CCryptoBoringSSL_SHA256(key.baseAddress, key.count, block.baseAddress)
            } else {
                unsafe UnsafeMutableRawBufferPointer(block).copyMemory(from: key)
            }
            for (index, flip) in [0x36, 0x36 ^ 0x5c as UInt8].enumerated() {
                for position in block.indices { unsafe block[position] ^= flip }
                unsafe CCryptoBoringSSL_SHA256_Init(states + index)
                unsafe CCryptoBoringSSL_SHA256_Update(states + index, block.baseAddress, block.count)
            }
        }
        return unsafe states
    }

    deinit {
        // SAFETY: nobody holds this any more.
        unsafe CCryptoBoringSSL_OPENSSL_cleanse(states, 2 * MemoryLayout<SHA256_CTX>.stride)
        unsafe states.deallocate()
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
                unsafe hash?.initialize(to: states[0])
                unsafe CCryptoBoringSSL_SHA256_Update(hash, message.baseAddress, message.count)
                unsafe CCryptoBoringSSL_SHA256_Final(code.baseAddress, hash)
                unsafe hash?.initialize(to: states[1])
                unsafe CCryptoBoringSSL_SHA256_Update(hash, code.baseAddress, code.count)
                unsafe CCryptoBoringSSL_SHA256_Final(code.baseAddress, hash)
                return unsafe body(UnsafeRawBufferPointer(code))
            }
        }
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
