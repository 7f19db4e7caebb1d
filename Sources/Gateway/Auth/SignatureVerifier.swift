import Core
import NIOCore
import Platform
import Vault

/// What a right signature proves about a request.
package struct Authenticated: Sendable {
    /// Whose key signed it, and for which service and region.
    package let key: SigningKey
    /// What the signature says about the body.
    package let payload: SignedPayload.Kind

    package var principal: Principal { key.credential.principal }
    package var service: String { key.service }
}

/// Verifies signatures of version 4, in the header or in the query, for one thread.
///
/// Every request passes here, so it waits for nothing, keeps its buffers, and asks a cache for keys. It is told the
/// time, and what it does not know it says: the caller loads the access key and asks again.
package struct SignatureVerifier {
    /// What came out where nothing was wrong.
    package enum Outcome: Sendable {
        case verified(Authenticated)
        /// The access key is in no cache: call `Identity.load(accessKey, token:)`, then verify again.
        case unloaded(AccessKeyID, token: String?)
    }

    /// How far the clocks of client and server may be apart, either way.
    package static let allowedSkew: Int64 = 15 * 60 * 1000

    private enum Search {
        case known(SigningKey)
        case derived(SigningKey)
        case unloaded(AccessKeyID)
    }

    private let credentials: CredentialCache
    private let region: Region
    private var keys = SigningKeyCache()
    private var canonical = CanonicalRequest()
    private var payload = SignedPayload()

    /// Verifies requests to a server in `region`; global services may be signed for `us-east-1` anywhere.
    package init(credentials: CredentialCache, region: Region) {
        self.credentials = credentials
        self.region = region
    }

    /// From time to time: asks for credentials anew.
    mutating func forgetKeys() { keys.forgetAll() }

    /// Verifies a request whose whole body is there.
    mutating func verify(
        _ head: RequestText, body: ByteBuffer?, now: Instant
    ) throws(AuthenticationError) -> Outcome {
        var request = head
        let claim = try SignatureClaim(&request)
        try request.checkSize(signed: claim.signedHeaders)
        try claim.checkTime(request, now: now)
        switch try findKey(for: claim, of: request) {
        case .known(let key): return .verified(try verify(claim, of: request, body: body, with: key, now: now))
        case .derived(let key):
            let proven = try verify(claim, of: request, body: body, with: key, now: now)
            keys.keep(key)
            return .verified(proven)
        case .unloaded(let id):
            return .unloaded(id, token: claim.token.isEmpty ? nil : request.text(claim.token))
        }
    }

    private mutating func findKey(for claim: SignatureClaim, of request: RequestText) throws(AuthenticationError)
        -> Search
    {
        let bytes = request.bytes
        if let key = keys.key(for: bytes.span.extracting(claim.credential), generation: credentials.generation) {
            return .known(key)
        }
        let scope = try SignatureScope(request.text(claim.credential))
        try scope.check(region: region)
        switch credentials[scope.accessKey] {
        case .known(let credential): return .derived(SigningKey(credential, scope: scope))
        case .absent: throw .unknownKey
        case .unloaded: return .unloaded(scope.accessKey)
        }
    }

    private mutating func verify(
        _ claim: SignatureClaim, of request: RequestText, body: ByteBuffer?, with key: SigningKey, now: Instant
    ) throws(AuthenticationError) -> Authenticated {
        try claim.checkToken(request, of: key.credential, now: now)
        try claim.checkDate(request, of: key)
        try payload.check(claim, request, body: body, service: key.service)
        let payloadText = payload.text
        canonical.build(
            request, signed: claim.signedHeaders, payload: payloadText.span,
            path: PathRule.rule(for: key.service), excluding: claim.lifetime == nil ? nil : "X-Amz-Signature")
        try canonical.checkCoverage(request)
        let text = request.bytes.span
        let expected = key.signature(canonical.bytes, date: text.extracting(claim.date))
        guard !canonical.lacksHeader, expected.isHex(text.extracting(claim.signature)) else { throw .mismatch }
        return Authenticated(key: key, payload: payload.kind)
    }
}
