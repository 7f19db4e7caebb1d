import Core
import Platform
import Vault

extension SignatureClaim {
    /// Refuses what was signed too long ago, in the future, or for a time that is over.
    func checkTime(_ request: RequestText, now: Instant) throws(AuthenticationError) {
        guard let signed = BasicDate.parse(request.bytes.span.extracting(date)) else {
            throw .incomplete(reason: "Date must be in ISO-8601 'basic format'. See ISO-8601.")
        }
        let latest = now.advanced(milliseconds: SignatureVerifier.allowedSkew)
        guard signed <= latest else { throw .tooNew(signed: signed, latest: latest, now: now) }
        if let lifetime {
            let end = signed.advanced(milliseconds: Int64(lifetime) * 1000)
            guard now <= end else { throw .presignedExpired(at: end, now: now) }
        } else {
            let earliest = now.advanced(milliseconds: -SignatureVerifier.allowedSkew)
            guard signed >= earliest else { throw .tooOld(signed: signed, earliest: earliest, now: now) }
        }
    }

    /// Refuses a signature whose scope is for another day than its date.
    func checkDate(_ request: RequestText, of key: SigningKey) throws(AuthenticationError) {
        let day = key.day
        guard ASCII.equal(day.span, request.bytes.span.extracting(date.lowerBound..<date.lowerBound + 8)) else {
            throw .wrongScope(reason: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")
        }
    }

    /// Refuses a session token that is missing, superfluous, another one, or no longer good.
    func checkToken(
        _ request: RequestText, of credential: Credential, now: Instant
    ) throws(AuthenticationError) {
        guard let expected = credential.token else {
            guard token.isEmpty else { throw .unknownKey }
            return
        }
        guard ConstantTime.equal(Array(request.bytes[token]), Array(expected.utf8)) else { throw .unknownKey }
        if let end = credential.expires, now >= end { throw .expiredToken }
    }
}

extension SignatureScope {
    /// Services that are one for all regions; their clients sign for `us-east-1` wherever they are.
    private static let globalServices: Set<String> = ["iam", "sts"]

    /// Refuses a scope for another region than the server's.
    func check(region expected: Region) throws(AuthenticationError) {
        guard region != expected.text else { return }
        guard region != "us-east-1" || !Self.globalServices.contains(service) else { return }
        throw .wrongScope(
            reason: "Credential should be scoped to a valid region, not '\(region)'; expecting '\(expected)'.")
    }
}
