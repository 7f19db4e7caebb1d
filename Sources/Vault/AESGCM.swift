import CCryptoBoringSSL

/// AES-256-GCM (NIST SP 800-38D) from bytes to bytes.
///
/// It calls the BoringSSL inside swift-crypto directly. On a payload of 1 KB swift-crypto's own interface takes five times
/// as long as the cipher, most of it for `Data` and generic code, and every accepted event takes it twice.
///
/// No buffer is kept beyond a call.
enum AESGCM {
    static let keySize = 32
    static let tagSize = 16

    /// The nonce of a key that seals one message only.
    static let onlyNonce = [UInt8](repeating: 0, count: 12)

    /// Writes the ciphertext and then the tag into `output`, which is `tagSize` longer than the message.
    ///
    /// The message may lie at the beginning of the output.
    static func seal(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, nonce: [UInt8] = onlyNonce,
        additional: [UInt8], into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(output.count == message.count + tagSize, "the output is as long as ciphertext and tag")
        var written = 0
        // SAFETY: every pointer goes with its own count.
        let isDone = unsafe withContext(key) { context in
            unsafe CCryptoBoringSSL_EVP_AEAD_CTX_seal(
                context, output.baseAddress, &written, output.count, nonce, nonce.count, message.baseAddress,
                message.count, additional, additional.count)
        }
        precondition(isDone && written == output.count, "a message of this size can be sealed")
    }

    /// Writes the message into `output`, which is `tagSize` shorter than ciphertext and tag.
    ///
    /// False, and nothing of use in `output`, if they are not what this key sealed with this additional data.
    static func open(
        _ sealed: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, nonce: [UInt8] = onlyNonce,
        additional: [UInt8], into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(output.count + tagSize == sealed.count, "the output is as long as the message")
        var written = 0
        // SAFETY: every pointer goes with its own count.
        return unsafe withContext(key) { context in
            unsafe CCryptoBoringSSL_EVP_AEAD_CTX_open(
                context, output.baseAddress, &written, output.count, nonce, nonce.count, sealed.baseAddress,
                sealed.count, additional, additional.count)
        }
    }

    /// Lends the cipher made ready for a key; its key schedule is erased afterwards.
    private static func withContext(
        _ key: UnsafeRawBufferPointer, _ body: (UnsafeMutablePointer<EVP_AEAD_CTX>) -> CInt
    ) -> Bool {
        // SAFETY: the context is set up before it is lent, and cleaned up before its room goes.
        unsafe withUnsafeTemporaryAllocation(of: EVP_AEAD_CTX.self, capacity: 1) { room in
            guard let context = room.baseAddress else { return false }
            unsafe CCryptoBoringSSL_EVP_AEAD_CTX_zero(context)
            let isReady = unsafe CCryptoBoringSSL_EVP_AEAD_CTX_init(
                context, CCryptoBoringSSL_EVP_aead_aes_256_gcm(), key.baseAddress, key.count, tagSize, nil)
            precondition(isReady == 1, "the cipher takes a key of 256 bits")
            defer { unsafe CCryptoBoringSSL_EVP_AEAD_CTX_cleanup(context) }
            return unsafe body(context) == 1
        }
    }
}
