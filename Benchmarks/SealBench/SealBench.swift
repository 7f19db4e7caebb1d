import CCryptoBoringSSL
import Core
import Crypto
import FoundationEssentials
import Glibc
import Vault

@main struct SealBench {
    static func time(_ name: String, _ n: Int = 200_000, _ f: () -> Void) {
        f(); let c = ContinuousClock(); let s = c.now
        for _ in 0..<n { f() }
        let d = c.now - s
        print(name, Double(d.components.attoseconds) / 1e9 / Double(n) + Double(d.components.seconds) * 1e9 / Double(n), "ns")
    }
    static func main() throws {
        let payload = [UInt8](repeating: 7, count: 1024)
        let place = [UInt8](repeating: 3, count: 100)
        let key = SymmetricKey(size: .bits256)
        let nonce = try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12))
        time("AES.GCM.seal 1 KB") { _ = try! AES.GCM.seal(payload, using: key, nonce: nonce, authenticating: place) }
        let small = Data(repeating: 4, count: 32)
        time("AES.GCM.seal 32") { _ = try! AES.GCM.seal(small, using: key, nonce: nonce, authenticating: place) }
        time("HMAC") { _ = HMAC<SHA256>.authenticationCode(for: place, using: key) }
        let prepared = PreparedHMAC(key: payload)
        time("PreparedHMAC") { _ = prepared.code(for: place.span) }
        time("getentropy") { var b: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0); _ = getentropy(&b, 32) }
        let aead = CCryptoBoringSSL_EVP_aead_aes_256_gcm()
        let raw = [UInt8](repeating: 9, count: 32)
        let zero = [UInt8](repeating: 0, count: 12)
        time("EVP_AEAD init+seal+cleanup 1 KB") {
            var ctx = EVP_AEAD_CTX()
            CCryptoBoringSSL_EVP_AEAD_CTX_init(&ctx, aead, raw, 32, 16, nil)
            var out = [UInt8](repeating: 0, count: 1040)
            var length = 0
            CCryptoBoringSSL_EVP_AEAD_CTX_seal(&ctx, &out, &length, 1040, zero, 12, payload, 1024, place, 100)
            CCryptoBoringSSL_EVP_AEAD_CTX_cleanup(&ctx)
        }
        time("EVP_AEAD init+cleanup") {
            var ctx = EVP_AEAD_CTX()
            CCryptoBoringSSL_EVP_AEAD_CTX_init(&ctx, aead, raw, 32, 16, nil)
            CCryptoBoringSSL_EVP_AEAD_CTX_cleanup(&ctx)
        }
        time("SHA256 boring 100") {
            var ctx = SHA256_CTX(); var d = [UInt8](repeating: 0, count: 32)
            CCryptoBoringSSL_SHA256_Init(&ctx); CCryptoBoringSSL_SHA256_Update(&ctx, place, 100); CCryptoBoringSSL_SHA256_Final(&d, &ctx)
        }
        time("SHA256 swift 100") { _ = SHA256.hash(data: place) }
    }
}
