import Core

/// Why a text is no signed token.
package enum SignedTokenError: Error, Equatable, Sendable {
    case tooLarge(limit: Int)
    case malformed
    /// `none`, HMAC, or another algorithm that no key here verifies.
    case unknownAlgorithm
    /// The header says that something must be understood which is not.
    case unknownExtension
}

/// A JSON Web Signature in its compact form (RFC 7515), taken apart but not yet verified.
///
/// Of the header only `alg`, `kid` and `crit` count. Keys that it carries or points to (`jwk`, `jku`, `x5c`, `x5u`) are
/// not looked at: whoever forges a token would write their own there.
package struct SignedToken: Sendable {
    /// As STS bounds tokens.
    package static let sizeLimit = 20_000

    package let algorithm: SignatureAlgorithm
    package let keyID: String?
    /// What was signed; it says nothing until `isSigned(by:)` has.
    package let payload: [UInt8]
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Takes a token apart.
    package init(parsing text: String) throws(SignedTokenError) {
        guard text.utf8.count <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.decode(parts[0]), let payload = Self.decode(parts[1]),
            let signature = Self.decode(parts[2])
        else { throw .malformed }
        let header: JSON
        do { header = try JSON(parsing: head, maximumDepth: 8, uniqueKeys: true) } catch { throw .malformed }
        guard header.object != nil, let name = header["alg"]?.string else { throw .malformed }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .unknownAlgorithm }
        guard header["crit"] == nil else { throw .unknownExtension }
        if let id = header["kid"] {
            guard let text = id.string else { throw .malformed }
            keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.payload = payload
        self.signature = signature
        signed = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    }

    /// Whether one of the keys made the signature: of those for the token's algorithm, the ones that it names, if any.
    package func isSigned(by keys: KeySet) -> Bool {
        keys.keys.contains { key in
            key.algorithm == algorithm && (keyID == nil || key.id == nil || key.id == keyID)
                && key.verifies(signature, for: signed)
        }
    }

    private static func decode(_ part: Substring.UTF8View) -> [UInt8]? { Base64URL.decode(Substring(part)) }
}
