import Core
import NIOCore
import NIOHTTP1

@testable import Gateway
@testable import Platform

/// An invocation with temporary credentials, signed, and a verifier that knows the key.
struct SampleRequest {
    var head: HTTPRequestHead
    var body: ByteBuffer
    let now: Instant
    let credential: Credential
    var verifier: SignatureVerifier

    static let token = "FwoGZXIvYXdzEBYaDkV4YW1wbGVUb2tlbg=="

    /// Makes the request; with `lifetime` it is presigned.
    init(
        token: String? = SampleRequest.token, service: String = "lambda", region: Region = .standard,
        lifetime: Int? = nil, bodySize: Int = 60, signs: Bool = true, expires: Instant? = nil
    ) throws {
        now = Instant(milliseconds: 1_795_000_000_000)
        credential = Credential(
            accessKey: try AccessKeyID(token == nil ? "AKIAIOSFODNN7EXAMPLE" : "ASIAIOSFODNN7EXAMPLE"),
            secret: SecretKey(revealed: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), token: token, expires: expires,
            principal: .administrator(.standard))
        body = ByteBuffer(bytes: (0..<bodySize).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 32) })
        head = HTTPRequestHead(
            version: .http1_1, method: .POST,
            uri: "/2015-03-31/functions/arn%3Aaws/invocations?Qualifier=live&Empty",
            headers: [
                "Host": "127.0.0.1:9000", "Content-Type": "application/json", "X-Amz-Invocation-Type": "Event",
                "User-Agent": "aws-cli/2.9", "Content-Length": String(bodySize), "Accept-Encoding": "identity",
                "X-Amz-Client-Context": "e30=",
            ])
        let cache = CredentialCache(trust: .seconds(3600))
        cache.insert(credential, for: credential.accessKey, ifUnchangedSince: cache.generation)
        verifier = SignatureVerifier(credentials: cache, region: .standard)
        guard signs else { return }
        let signer = RequestSigner(credential: credential, region: region, service: service)
        if let lifetime {
            signer.presign(&head, body: body, at: now, lifetime: lifetime)
        } else {
            signer.sign(&head, body: body, at: now)
        }
    }

    /// Verifies it as it is now, `later` milliseconds after it was signed.
    mutating func verify(later: Int64 = 0) throws(AuthenticationError) -> SignatureVerifier.Outcome {
        try verifier.verify(head, body: body, now: now.advanced(milliseconds: later))
    }

    /// What it is refused with; `nil` if it is accepted.
    mutating func refusal(later: Int64 = 0) -> AuthenticationError? {
        do throws(AuthenticationError) {
            switch try verify(later: later) {
            case .verified: return nil
            case .unloaded: return .unknownKey
            }
        } catch { return error }
    }
}
