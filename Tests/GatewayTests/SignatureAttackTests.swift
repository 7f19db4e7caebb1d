import Core
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// Hostile signatures end in a refusal: no crash, and no work that grows faster than they do.
@Suite struct SignatureAttackTests {
    /// A generator that gives the same numbers in every run.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test func `garbage in the place of a signature is refused`() throws {
        var random = Seeded(state: 7)
        let pieces = [
            "AWS4-HMAC-SHA256", " ", ",", "=", "Credential=", "SignedHeaders=", "Signature=", "/", ";", "host",
            "AKIAIOSFODNN7EXAMPLE", "20261118", "us-east-1", "lambda", "aws4_request", "%", "%2", "%2F", "&", "?",
            "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Credential=", "X-Amz-Date=20261118T110640Z", "X-Amz-Expires=",
            "X-Amz-SignedHeaders=", "X-Amz-Signature=", "-1", "99999999999999999999", "é", "\u{0}", "漢",
        ]
        func garbage() -> String {
            (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        for _ in 0..<5000 {
            var sample = try SampleRequest(signs: false)
            if Bool.random(using: &random) {
                sample.head.headers.add(name: "Authorization", value: "AWS4-HMAC-SHA256 \(garbage())")
                sample.head.headers.add(name: "X-Amz-Date", value: garbage())
            }
            sample.head.uri = "/\(garbage())?\(garbage())"
            #expect(sample.refusal() != nil)
        }
    }

    @Test func `a request with more headers or parameters than anybody needs is refused at once`() throws {
        var headers = try SampleRequest()
        for index in 0..<300 { headers.head.headers.add(name: "a\(index)", value: "b") }
        #expect(headers.refusal()?.wire(.query).code == "IncompleteSignature")
        var names = try SampleRequest()
        let authorization = try #require(names.head.headers.first(name: "Authorization"))
        names.head.headers.replaceOrAdd(
            name: "Authorization",
            value: authorization.replacing(
                "SignedHeaders=", with: "SignedHeaders=" + String(repeating: "a;", count: 9000)))
        #expect(names.refusal()?.wire(.query).code == "IncompleteSignature")
        var pairs = try SampleRequest()
        pairs.head.uri += String(repeating: "&a", count: 5000)
        #expect(pairs.refusal()?.wire(.query).code == "IncompleteSignature")
    }

    @Test func `a long path, header or body is hashed and refused like any other`() throws {
        var sample = try SampleRequest()
        sample.head.uri = "/" + String(repeating: "%", count: 100_000)
        #expect(sample.refusal() == .mismatch)
        sample = try SampleRequest()
        sample.head.headers.replaceOrAdd(name: "Content-Type", value: String(repeating: " ", count: 100_000))
        #expect(sample.refusal() == .mismatch)
    }
}
