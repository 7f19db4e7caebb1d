import Core
import NIOHTTP1
import Platform
import Vault

extension SignatureClaim {
    /// The session token, where there is one.
    var tokenText: String? { token.isEmpty ? nil : String(decoding: text[token], as: UTF8.self) }

    /// Refuses what was signed too long ago, in the future, or for a time that is over.
    func checkTime(now: Instant) throws(AuthenticationError) {
        guard let signed = BasicDate.parse(text.span.extracting(date)) else {
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
    func checkDate(of key: SigningKey) throws(AuthenticationError) {
        let day = key.day
        guard ASCII.equal(day.span, text.span.extracting(date.lowerBound..<date.lowerBound + 8)) else {
            throw .wrongScope(reason: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")
        }
    }

    /// Refuses a session token that is missing, superfluous, another one, or no longer good.
    func checkToken(of credential: Credential, now: Instant) throws(AuthenticationError) {
        guard let expected = credential.token else {
            guard token.isEmpty else { throw .unknownKey }
            return
        }
        guard ConstantTime.equal(Array(text[token]), Array(expected.utf8)) else { throw .unknownKey }
        if let end = credential.expires, now >= end { throw .expiredToken }
    }

    /// Refuses a request whose signature leaves out what decides what it does: the host and every `x-amz-…` header.
    func checkSignedHeaders(of head: HTTPRequestHead) throws(AuthenticationError) {
        let names = text.span.extracting(signedHeaders)
        guard Self.contains(names, "host".utf8Span.span) else {
            throw .incomplete(reason: "'Host' must be a 'SignedHeader' in the AWS Authorization.")
        }
        for (name, _) in head.headers where name.utf8.count > 6 {
            let bytes = name.utf8Span.span
            guard ASCII.hasPrefixIgnoringCase(bytes, "x-amz-".utf8Span.span), !Self.contains(names, bytes) else {
                continue
            }
            // Its value is compared with the body and is part of what is signed, whether it is named or not.
            guard !ASCII.equalIgnoringCase(bytes, "x-amz-content-sha256".utf8Span.span) else { continue }
            throw .incomplete(reason: "There were headers present in the request which were not signed: \(name)")
        }
    }

    /// Whether `;`-separated lower-case names contain one, whatever its case.
    private static func contains(_ names: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
        var start = 0
        while start < names.count {
            var end = start
            while end < names.count, names[end] != UInt8(ascii: ";") { end += 1 }
            if ASCII.equalIgnoringCase(names.extracting(start..<end), name) { return true }
            start = end + 1
        }
        return false
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
