import Core
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway
@testable import Platform

@Suite struct SignatureVerifierTests {
    @Test func `a query that begins with an accent is signed as a query`() throws {
        var sample = try SampleRequest(signs: false)
        sample.head.uri = "/a?\u{301}"
        let signer = RequestSigner(credential: sample.credential, region: .standard, service: "lambda")
        signer.presign(&sample.head, body: sample.body, at: sample.now, lifetime: 60)
        #expect(sample.refusal() == nil)
        #expect(sample.head.uri.utf8.count { $0 == UInt8(ascii: "?") } == 1)
    }

    @Test func `a signed request proves who made it, again and again`() throws {
        var sample = try SampleRequest()
        for _ in 0..<2 {
            guard case .verified(let proven) = try sample.verify() else { return #expect(Bool(false)) }
            #expect(proven.principal == .administrator(.standard))
            #expect(proven.service == "lambda" && proven.payload == .whole)
        }
    }

    @Test func `a presigned request is good for its lifetime and no longer`() throws {
        var sample = try SampleRequest(lifetime: 60)
        #expect(sample.refusal(later: 59_000) == nil)
        #expect(
            sample.refusal(later: 61_000)
                == .presignedExpired(
                    at: sample.now.advanced(milliseconds: 60_000), now: sample.now.advanced(milliseconds: 61_000)))
        var long = try SampleRequest(lifetime: 604_801)
        #expect(long.refusal()?.wire(.s3).code == "AuthorizationHeaderMalformed")
    }

    @Test func `a clock that is fifteen minutes off is refused, one that is less is not`() throws {
        var sample = try SampleRequest()
        let quarter: Int64 = 15 * 60 * 1000
        #expect(sample.refusal(later: quarter) == nil)
        #expect(sample.refusal(later: -quarter) == nil)
        #expect(sample.refusal(later: quarter + 1000)?.wire(.s3).code == "RequestTimeTooSkewed")
        #expect(sample.refusal(later: quarter + 1000)?.wire(.query).code == "SignatureDoesNotMatch")
        #expect(sample.refusal(later: -quarter - 1000)?.wire(.restJSON).message.hasPrefix("Signature not yet") == true)
    }

    @Test func `a session token must be there, be the right one, be signed and not be over`() throws {
        var missing = try SampleRequest()
        missing.head.headers.remove(name: "X-Amz-Security-Token")
        #expect(missing.refusal() == .unknownKey)
        var other = try SampleRequest()
        other.head.headers.replaceOrAdd(name: "X-Amz-Security-Token", value: "AAAA")
        #expect(other.refusal() == .unknownKey)
        var superfluous = try SampleRequest(token: nil)
        superfluous.head.headers.add(name: "X-Amz-Security-Token", value: SampleRequest.token)
        #expect(superfluous.refusal() == .unknownKey)
        var unsigned = try SampleRequest(signs: false)
        var signer = RequestSigner(credential: unsigned.credential, region: .standard, service: "lambda")
        signer.signsToken = false
        signer.sign(&unsigned.head, body: unsigned.body, at: unsigned.now)
        #expect(unsigned.refusal()?.wire(.query).code == "IncompleteSignature")
        var over = try SampleRequest(expires: Instant(milliseconds: 1_795_000_000_000))
        #expect(over.refusal() == .expiredToken)
    }

    @Test func `a signature for another region or another day is refused`() throws {
        var region = try SampleRequest(region: try Region("eu-west-1"))
        #expect(region.refusal()?.wire(.restJSON).code == "InvalidSignatureException")
        var day = try SampleRequest()
        let header = try #require(day.head.headers.first(name: "Authorization"))
        day.head.headers.replaceOrAdd(
            name: "Authorization",
            value: header.replacing(String(day.now.basicText.prefix(8)), with: "20200101"))
        #expect(day.refusal()?.wire(.query).code == "SignatureDoesNotMatch")
    }

    @Test func `what decides what a request does must be signed`() throws {
        var sample = try SampleRequest()
        sample.head.headers.add(name: "X-Amz-Target", value: "AWSEvents.DeleteRule")
        #expect(sample.refusal()?.wire(.json).code == "IncompleteSignatureException")
        sample = try SampleRequest()
        sample.head.headers.add(name: "User-Agent", value: "another")
        #expect(sample.refusal() == nil)
    }

    @Test func `an unsigned body is accepted from S3 and from nobody else`() throws {
        for (service, accepted) in [("s3", true), ("lambda", false)] {
            var sample = try SampleRequest(service: service, signs: false)
            sample.head.headers.add(name: "X-Amz-Content-Sha256", value: "UNSIGNED-PAYLOAD")
            RequestSigner(credential: sample.credential, region: .standard, service: service)
                .sign(&sample.head, body: sample.body, at: sample.now)
            #expect((sample.refusal() == .bodyMismatch) == !accepted)
        }
    }

    @Test func `requests without a usable signature each say what is wrong`() throws {
        var sample = try SampleRequest(signs: false)
        #expect(sample.refusal() == .missing)
        for value in [
            "", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=a",
            "AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=00",
            "AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=00, Signature=00",
            "AWS4-HMAC-SHA256 ,,,,", String(repeating: "=", count: 5000),
        ] {
            sample.head.headers.replaceOrAdd(name: "Authorization", value: value)
            #expect(sample.refusal()?.wire(.query).status == 400, "\(value)")
        }
    }

    @Test func `a key that changed is asked for again`() throws {
        var sample = try SampleRequest()
        #expect(sample.refusal() == nil)
        let cache = CredentialCache(trust: .seconds(3600))
        cache.insert(sample.credential, for: sample.credential.accessKey, ifUnchangedSince: cache.generation)
        sample.verifier = SignatureVerifier(credentials: cache, region: .standard)
        #expect(sample.refusal() == nil)
        cache.forget(sample.credential.accessKey)
        guard case .unloaded(let id, let token) = try sample.verify() else { return #expect(Bool(false)) }
        #expect(id == sample.credential.accessKey && token == SampleRequest.token)
        cache.insert(nil, for: id, ifUnchangedSince: cache.generation - 1)
        guard case .unloaded = try sample.verify() else { return #expect(Bool(false)) }
        cache.insert(nil, for: id, ifUnchangedSince: cache.generation)
        #expect(sample.refusal() == .unknownKey)
    }
}
