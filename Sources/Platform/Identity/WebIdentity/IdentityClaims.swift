import AccessPolicy
import Core

/// What an identity provider says in a token: who somebody is, for whom, and for how long.
///
/// Source: OpenID Connect Core 1.0, section 2; IAM user guide, "Available keys for AWS web identity federation".
package struct IdentityClaims: Hashable, Sendable {
    package let issuer: ProviderURL
    package let subject: String
    /// The party that the token was issued to, where the token names one, else whom it is for.
    package let audience: String
    /// Whom it is for, where another party is named.
    package let originalAudience: String?
    package let methods: [String]
    private let expires: Instant
    private let issued: Instant
    private let notBefore: Instant?

    /// How far clocks may be apart.
    private static let skew: Int64 = 300_000
    /// How long after it was issued a token may be used: STS's own limit.
    private static let lifetime: Int64 = 86_400_000

    /// Reads the claims; a claim that comes twice is none, because another reader might take the other.
    package init(parsing payload: [UInt8]) throws(WebIdentityError) {
        let claims: JSON
        do { claims = try JSON(parsing: payload, maximumDepth: 16, uniqueKeys: true) } catch { throw .malformed }
        guard claims.object != nil else { throw .malformed }
        let issuer = try Self.text(claims, "iss")
        guard let url = ProviderURL(issuer) else { throw .unknownIssuer(issuer) }
        self.issuer = url
        subject = try Self.text(claims, "sub")
        expires = try Self.time(claims, "exp")
        issued = try Self.time(claims, "iat")
        notBefore = claims["nbf"] == nil ? nil : try Self.time(claims, "nbf")
        let audiences = try Self.texts(claims, "aud")
        if claims["azp"] != nil {
            audience = try Self.text(claims, "azp")
            originalAudience = audiences.first
        } else {
            // Of several, none is the one whom conditions could ask for.
            guard audiences.count == 1 else { throw .wrongAudience }
            audience = audiences[0]
            originalAudience = nil
        }
        methods = claims["amr"] == nil ? [] : try Self.texts(claims, "amr")
    }

    /// Refuses a token that is for none of these clients, or not for now.
    package func check(for clients: [String], at now: Instant) throws(WebIdentityError) {
        guard clients.contains(where: { $0.utf8.elementsEqual(audience.utf8) }) else { throw .wrongAudience }
        guard now < expires.advanced(milliseconds: Self.skew) else { throw .expired(at: expires) }
        guard issued <= now.advanced(milliseconds: Self.skew) else { throw .notYetValid(claim: "iat") }
        if let notBefore, notBefore > now.advanced(milliseconds: Self.skew) { throw .notYetValid(claim: "nbf") }
        guard now < issued.advanced(milliseconds: Self.lifetime + Self.skew) else { throw .tooOld }
    }

    /// What conditions of a role's trust policy may ask: `ISSUER:aud` and its like, keys in lower case.
    package var facts: [String: ContextValue] {
        let prefix = String(decoding: issuer.text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
        var facts: [String: ContextValue] = [
            "\(prefix):aud": .text(audience), "\(prefix):sub": .text(subject), "\(prefix):amr": .texts(methods),
        ]
        if let originalAudience { facts["\(prefix):oaud"] = .text(originalAudience) }
        return facts
    }

    private static func text(_ claims: JSON, _ name: String) throws(WebIdentityError) -> String {
        guard let text = claims[name]?.string, !text.isEmpty, text.utf8.count <= 1024 else {
            throw .missing(claim: name)
        }
        return text
    }

    /// A text, or a list of some.
    private static func texts(_ claims: JSON, _ name: String) throws(WebIdentityError) -> [String] {
        if let text = claims[name]?.string { return [text] }
        guard let list = claims[name]?.array, !list.isEmpty, list.count <= 64 else { throw .missing(claim: name) }
        let texts = list.compactMap(\.string)
        guard texts.count == list.count else { throw .missing(claim: name) }
        return texts
    }

    /// Seconds since 1970, whole or not.
    private static func time(_ claims: JSON, _ name: String) throws(WebIdentityError) -> Instant {
        guard let seconds = claims[name]?.double, seconds >= 0, seconds < 1e11 else { throw .missing(claim: name) }
        return Instant(milliseconds: Int64(seconds * 1000))
    }
}
