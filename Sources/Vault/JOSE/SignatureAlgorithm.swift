/// How a token is signed: only with the private half of a pair of keys.
///
/// A closed list. Whatever a token itself says of `none`, of HMAC or of other algorithms, nothing verifies it.
/// Source: RFC 7518, section 3.1; RFC 8037, section 3.1.
package enum SignatureAlgorithm: String, Hashable, Sendable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// Ed25519.
    case edDSA = "EdDSA"
}
