import Core
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway
@testable import Platform

/// Requests that the AWS CLI, botocore and Terraform really sent are all accepted.
@Suite struct RecordedSignatureTests {
    private struct Recording: Decodable {
        struct Request: Decodable {
            var client: String
            var method: String
            var uri: String
            var headers: [[String]]
            var body: String
        }
        var requests: [Request]
    }

    @Test func `what real clients sign is accepted`() throws {
        let path = Suites.packageRoot + "/Tests/Recorded/signed-requests.json"
        let recording = try JSONDecoder().decode(Recording.self, from: Data(contentsOf: URL(filePath: path)))
        let cache = CredentialCache(trust: .seconds(3600))
        for (id, token) in [("AKIAIOSFODNN7EXAMPLE", nil), ("ASIAIOSFODNN7EXAMPLE", SampleRequest.token)] {
            let key = try AccessKeyID(id)
            let credential = Credential(
                accessKey: key, secret: SecretKey(revealed: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                token: token, principal: .administrator(.standard))
            cache.insert(credential, for: key, ifUnchangedSince: cache.generation)
        }
        var verifier = SignatureVerifier(credentials: cache, region: .standard)
        var passed: [String: Int] = [:]
        for request in recording.requests {
            let head = HTTPRequestHead(
                version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.uri,
                headers: HTTPHeaders(request.headers.map { ($0[0], $0[1]) }))
            let body = ByteBuffer(bytes: try #require(Base64.decode(request.body)))
            do throws(AuthenticationError) {
                guard case .verified = try verifier.verify(head, body: body, now: signingTime(head)) else {
                    Issue.record("unloaded: \(request)")
                    continue
                }
                passed[request.client, default: 0] += 1
            } catch {
                Issue.record("\(request.client) \(request.method) \(request.uri): \(error)")
            }
        }
        #expect(passed.values.reduce(0, +) == recording.requests.count)
        print("recorded requests accepted: \(passed.values.reduce(0, +))/\(recording.requests.count) \(passed)")
    }

    /// When a request was signed, from its header or its query.
    private func signingTime(_ head: HTTPRequestHead) -> Instant {
        let query = head.uri.components(separatedBy: "X-Amz-Date=").last?.prefix(16)
        let text = head.headers.first(name: "X-Amz-Date") ?? query.map(String.init) ?? ""
        return BasicDate.parse(text.utf8Span.span) ?? .now
    }
}
