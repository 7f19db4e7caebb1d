import Core
import NIOCore
import NIOHTTP1
import Platform
import Vault

/// Signs requests as AWS's clients do: for our own client, and for tests of the verifier.
package struct RequestSigner: Sendable {
    private let credential: Credential
    private let region: Region
    private let service: String
    /// How the path enters the signature; each service has its own rule.
    package var path: PathRule
    /// Whether the body's hash is sent in `x-amz-content-sha256`, where it is the header that is signed.
    package var sendsPayloadHash = false
    /// Whether the session token is part of what is signed; AWS's IoT wants it added afterwards.
    package var signsToken = true

    /// Signs with somebody's keys for one service.
    package init(credential: Credential, region: Region, service: String) {
        self.credential = credential
        self.region = region
        self.service = service
        path = PathRule.rule(for: service)
    }

    /// Headers that the way may change, so that they are never signed.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
        "x-amzn-trace-id",
    ]

    /// What was computed on the way to a signature; tests compare each.
    struct Steps: Equatable {
        var canonicalRequest: String
        var stringToSign: String
        var signature: String
    }

    /// Signs in the header; the request must have its `Host` already.
    package func sign(_ head: inout HTTPRequestHead, body: ByteBuffer?, at time: Instant) {
        _ = signInHeader(&head, body: body, at: time)
    }

    /// Signs in the query, for as many seconds as given.
    package func presign(_ head: inout HTTPRequestHead, body: ByteBuffer? = nil, at time: Instant, lifetime: Int) {
        _ = signInQuery(&head, body: body, at: time, lifetime: lifetime)
    }

    /// Signs in the header and tells the steps.
    func signInHeader(_ head: inout HTTPRequestHead, body: ByteBuffer?, at time: Instant) -> Steps {
        let date = time.basicText
        if !head.headers.contains(name: "X-Amz-Date") { head.headers.add(name: "X-Amz-Date", value: date) }
        let payload = payloadHash(of: body)
        if sendsPayloadHash { head.headers.replaceOrAdd(name: "x-amz-content-sha256", value: payload) }
        if let token = credential.token, signsToken {
            head.headers.replaceOrAdd(name: "X-Amz-Security-Token", value: token)
        }
        let names = signedNames(head.headers)
        let (key, steps) = steps(head, names: names, payload: payload, date: date)
        if let token = credential.token, !signsToken {
            head.headers.replaceOrAdd(name: "X-Amz-Security-Token", value: token)
        }
        head.headers.replaceOrAdd(
            name: "Authorization",
            value: "\(SignatureClaim.algorithm) Credential=\(key), SignedHeaders=\(names), Signature=\(steps.signature)"
        )
        return steps
    }

    /// Signs in the query and tells the steps.
    func signInQuery(_ head: inout HTTPRequestHead, body: ByteBuffer?, at time: Instant, lifetime: Int) -> Steps {
        let date = time.basicText
        let names = signedNames(head.headers)
        let scope = scope(at: date)
        var pairs = [
            ("X-Amz-Algorithm", "\(SignatureClaim.algorithm)"),
            ("X-Amz-Credential", "\(scope.accessKey)/\(scope.text)"), ("X-Amz-Date", date),
            ("X-Amz-SignedHeaders", names), ("X-Amz-Expires", String(lifetime)),
        ]
        if let token = credential.token, signsToken { pairs.append(("X-Amz-Security-Token", token)) }
        let query = pairs.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        head.uri += (head.uri.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
        let payload = service == "s3" ? SignedPayload.unsigned : payloadHash(of: body)
        let (_, steps) = steps(head, names: names, payload: payload, date: date)
        if let token = credential.token, !signsToken { head.uri += "&X-Amz-Security-Token=\(Self.escaped(token))" }
        head.uri += "&X-Amz-Signature=\(steps.signature)"
        return steps
    }

    private func scope(at date: String) -> SignatureScope {
        SignatureScope(
            accessKey: credential.accessKey, date: String(date.prefix(8)), region: region, service: service)
    }

    private func steps(
        _ head: HTTPRequestHead, names: String, payload: String, date: String
    ) -> (credential: String, Steps) {
        var request = RequestText(head)
        let signed = request.append(names.utf8Span.span)
        var canonical = CanonicalRequest()
        canonical.build(request, signed: signed, payload: payload.utf8Span.span, path: path)
        let key = SigningKey(credential, scope: scope(at: date))
        let steps = Steps(
            canonicalRequest: String(decoding: canonical.bytes, as: UTF8.self),
            stringToSign: String(decoding: key.stringToSign(canonical.bytes, date: date.utf8Span.span), as: UTF8.self),
            signature: key.signature(canonical.bytes, date: date.utf8Span.span).hex)
        return (String(decoding: key.claim, as: UTF8.self), steps)
    }

    private func payloadHash(of body: ByteBuffer?) -> String {
        let body = body ?? ByteBuffer()
        return SHA256Digest(of: body.readableBytesUInt8Span).hex
    }

    private func signedNames(_ headers: HTTPHeaders) -> String {
        Set(headers.map { $0.name.lowercased() }).subtracting(Self.unsigned).sorted().joined(separator: ";")
    }

    /// Percent-encodes everything that does not stand for itself.
    package static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if ASCII.isUnreserved(byte) { bytes.append(byte) } else { ASCII.appendEscaped(byte, to: &bytes) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
