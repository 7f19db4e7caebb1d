import Core

/// Why a token of an identity provider stands for nobody.
package enum WebIdentityError: Error, Equatable, Sendable {
    /// It is no token, is signed in a way that is not known, or has no claims that could be read.
    case malformed
    /// A claim that must be there is not, or is not of its kind.
    case missing(claim: String)
    /// The account knows no provider of this address.
    case unknownIssuer(String)
    /// Nobody pinned the provider's keys.
    case noKeys(issuer: String)
    case badSignature
    case wrongAudience
    case expired(at: Instant)
    /// It says that it is not valid yet, or was made in the future.
    case notYetValid(claim: String)
    /// It was issued longer ago than a day.
    case tooOld
    case identity(IdentityError)
}
