import Core
import Platform

/// Why a request's signature proves nothing.
///
/// Facts only: `wire` turns each into the code, message and status that AWS uses in the protocol the caller speaks.
package enum AuthenticationError: Error, Equatable {
    /// There is no signature.
    case missing
    /// There is a signature, but it lacks something or is malformed.
    case incomplete(reason: String)
    /// The signature names another date, region, service or terminator than the request needs.
    case wrongScope(reason: String)
    /// No such access key, or it was made inactive, or the session token is not its own.
    case unknownKey
    /// The session token was the right one once.
    case expiredToken
    /// The request was signed too long ago.
    case tooOld(signed: Instant, earliest: Instant, now: Instant)
    /// The request claims to be signed in the future.
    case tooNew(signed: Instant, latest: Instant, now: Instant)
    /// The time for which a presigned request was good is over.
    case presignedExpired(at: Instant, now: Instant)
    /// The body is not the one that was signed.
    case bodyMismatch
    /// Everything is there, but the signature is not what the secret key makes of the request.
    case mismatch
}
