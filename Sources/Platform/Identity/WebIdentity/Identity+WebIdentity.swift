import Core
import Vault

extension Identity {
    /// Finds out whom a token stands for: its signature is by a key that was pinned to its issuer, it is for one of the
    /// issuer's clients here, and it is for now.
    package func claims(of token: String, at now: Instant) async throws(WebIdentityError) -> IdentityClaims {
        let signed: SignedToken
        do { signed = try SignedToken(parsing: token) } catch { throw .malformed }
        let claims = try IdentityClaims(parsing: signed.payload)
        let provider: ProviderRecord?
        do throws(IdentityError) { provider = try await self.provider(claims.issuer) } catch { throw .identity(error) }
        guard let provider else { throw .unknownIssuer(claims.issuer.url) }
        guard let text = provider.keySet else { throw .noKeys(issuer: claims.issuer.url) }
        let keys: KeySet
        do { keys = try KeySet(parsing: Array(text.utf8)) } catch { throw .identity(.badKeySet(error)) }
        guard signed.isSigned(by: keys) else { throw .badSignature }
        try claims.check(for: provider.clientIDs, at: now)
        return claims
    }
}

/// Somebody whom an identity provider vouches for, who has no role yet.
package struct FederatedIdentity: Hashable, Sendable {
    package let account: AccountID
    package let provider: ARN
    package let audience: String
    package let subject: String

    /// Names whom a provider's token stands for.
    package init(account: AccountID, provider: ARN, audience: String, subject: String) {
        self.account = account
        self.provider = provider
        self.audience = audience
        self.subject = subject
    }
}
