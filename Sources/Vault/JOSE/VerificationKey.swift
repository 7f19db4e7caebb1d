import Core
import Crypto
import CryptoExtras
import FoundationEssentials

/// The public half of a pair of keys, with the one algorithm that it verifies.
///
/// The algorithm belongs to the key and not to the token, so that no token can choose how a key is read.
package struct VerificationKey: Sendable {
    private enum Form {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// How issuers tell their keys apart.
    package let id: String?
    package let algorithm: SignatureAlgorithm
    private let form: Form

    /// How long the modulus of an RSA key may be, in bytes.
    private static let modulus = 256...1024

    /// Reads a JSON Web Key (RFC 7517); `nil` for one that is for something else than these signatures.
    init?(_ key: JSONObject) throws(KeyFault) {
        // A set for verifying holds no secrets: whoever pins one has given away the key.
        guard key["d"] == nil, key["k"] == nil else { throw .secret }
        guard Self.isForSignatures(key) else { return nil }
        if let id = key["kid"] {
            guard let text = id.string, text.utf8.count <= 1024 else { throw .malformed }
            self.id = text
        } else {
            id = nil
        }
        switch (key["kty"]?.string, key["crv"]?.string) {
        case ("RSA", _):
            algorithm = .rs256
            form = .rsa(try Self.rsa(key))
        case ("EC", "P-256"):
            algorithm = .es256
            form = .p256(try Self.p256(key))
        case ("OKP", "Ed25519"):
            algorithm = .edDSA
            form = .ed25519(try Self.ed25519(key))
        default: return nil
        }
        guard key["alg"] == nil || key["alg"]?.string == algorithm.rawValue else { return nil }
    }

    /// What is wrong with a key.
    enum KeyFault: Error, Equatable {
        case secret
        case malformed
    }

    /// Whether these bytes carry a signature that the holder of the private half made.
    package func verifies(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch form {
        case .rsa(let key):
            guard signature.count * 8 == key.keySizeInBits else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: message, padding: .insecurePKCS1v1_5)
        case .p256(let key):
            // What is no signature verifies nothing.
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .ed25519(let key): return key.isValidSignature(signature, for: message)
        }
    }

    private static func isForSignatures(_ key: JSONObject) -> Bool {
        if let use = key["use"], use.string != "sig" { return false }
        guard let operations = key["key_ops"] else { return true }
        return operations.array?.contains("verify") == true
    }

    private static func rsa(_ key: JSONObject) throws(KeyFault) -> _RSA.Signing.PublicKey {
        let (modulus, exponent) = (try bytes(key, "n"), try bytes(key, "e"))
        guard Self.modulus.contains(modulus.count), modulus.first != 0, exponent.count <= 4,
            exponent.last.map({ $0 & 1 == 1 }) == true, exponent != [1]
        else { throw .malformed }
        do { return try _RSA.Signing.PublicKey(n: modulus, e: exponent) } catch { throw .malformed }
    }

    private static func p256(_ key: JSONObject) throws(KeyFault) -> P256.Signing.PublicKey {
        let (x, y) = (try bytes(key, "x"), try bytes(key, "y"))
        guard x.count == 32, y.count == 32 else { throw .malformed }
        do { return try P256.Signing.PublicKey(rawRepresentation: x + y) } catch { throw .malformed }
    }

    private static func ed25519(_ key: JSONObject) throws(KeyFault) -> Curve25519.Signing.PublicKey {
        let x = try bytes(key, "x")
        do { return try Curve25519.Signing.PublicKey(rawRepresentation: x) } catch { throw .malformed }
    }

    private static func bytes(_ key: JSONObject, _ member: String) throws(KeyFault) -> [UInt8] {
        guard let bytes = key[member]?.string.flatMap({ Base64URL.decode($0) }), !bytes.isEmpty else {
            throw .malformed
        }
        return bytes
    }
}
