import Core
import Crypto
import CryptoExtras
import Foundation

/// An identity provider for tests: its keys, and tokens signed with them.
package struct TokenMint: Sendable {
    private let ec = P256.Signing.PrivateKey()
    private let edwards = Curve25519.Signing.PrivateKey()
    private let rsa: _RSA.Signing.PrivateKey

    /// Makes new keys.
    package init() throws { rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// The public halves as JSON Web Keys, called `rsa`, `ec` and `ed`.
    package func keys() throws -> [JSON] {
        let numbers = try rsa.publicKey.getKeyPrimitives()
        let point = [UInt8](ec.publicKey.rawRepresentation)
        return [
            [
                "kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig", "n": Self.text([UInt8](numbers.modulus)),
                "e": Self.text([UInt8](numbers.publicExponent)),
            ],
            [
                "kty": "EC", "kid": "ec", "crv": "P-256", "x": Self.text(Array(point[..<32])),
                "y": Self.text(Array(point[32...])),
            ],
            [
                "kty": "OKP", "kid": "ed", "crv": "Ed25519",
                "x": Self.text([UInt8](edwards.publicKey.rawRepresentation)),
            ],
        ]
    }

    /// The key set that a provider publishes.
    package func keySet() throws -> String { JSON.object(JSONObject([("keys", .array(try keys()))])).text }

    /// A token signed by the algorithm that its header names, or by `algorithm`.
    package func token(_ header: JSON, _ payload: String, by algorithm: String? = nil) throws -> String {
        let signed = Base64URL.encode(header.serialized) + "." + Base64URL.encode(Array(payload.utf8))
        return signed + "." + Base64URL.encode(try sign(Array(signed.utf8), algorithm ?? header["alg"]?.string ?? ""))
    }

    /// A token as a provider makes one, by default signed with RSA.
    package func token(_ claims: JSON, algorithm: String = "RS256") throws -> String {
        let id = ["RS256": "rsa", "ES256": "ec", "EdDSA": "ed"][algorithm] ?? "none"
        return try token(["alg": .string(algorithm), "kid": .string(id), "typ": "JWT"], claims.text)
    }

    /// The signature of a message.
    package func sign(_ message: [UInt8], _ algorithm: String) throws -> [UInt8] {
        switch algorithm {
        case "RS256":
            [UInt8](try rsa.signature(for: message, padding: .insecurePKCS1v1_5).rawRepresentation)
        case "ES256": [UInt8](try ec.signature(for: message).rawRepresentation)
        case "EdDSA": [UInt8](try edwards.signature(for: message))
        default: []
        }
    }

    /// A token whose HMAC has the provider's public key for a secret.
    package func confused(_ payload: String) throws -> String {
        let signed =
            Base64URL.encode(Array(#"{"alg":"HS256","kid":"rsa"}"#.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        let secret = SymmetricKey(data: Array(rsa.publicKey.pemRepresentation.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: secret)
        return signed + "." + Base64URL.encode(Array(code))
    }

    private static func text(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }
}
