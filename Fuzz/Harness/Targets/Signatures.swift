import Core
import NIOCore
import NIOHTTP1

@testable import Gateway
@testable import Platform

extension FuzzTarget {
    /// Signatures in headers and queries.
    static let signatures = [signedHeaders, presignedQueries, signedTargets]

    private static let signedHeaders = FuzzTarget(
        "signatures-header",
        texts: [
            "GET /a/b?c=d\nHost: h\nX-Amz-Date: 20261118T110640Z\nAuthorization: AWS4-HMAC-SHA256 "
                + "Credential=AKIAIOSFODNN7EXAMPLE/20261118/us-east-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, "
                + "Signature=" + String(repeating: "0a", count: 32) + "\n\nbody",
            "POST /\nHost: h\nDate: Wed, 18 Nov 2026 11:06:40 GMT\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\n"
                + "Authorization: AWS4-HMAC-SHA256 Credential=A/B,SignedHeaders=,Signature=\n\n",
        ]
    ) { bytes in
        guard var sample = SignedSample.make() else { return }
        let (head, body) = request(in: bytes)
        require(!sample.verifies(head, body), "a request that nobody signed was accepted")
    }

    private static let presignedQueries = FuzzTarget(
        "signatures-query",
        texts: [
            "GET /a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261118%2Fus-east-1%2Flambda"
                + "%2Faws4_request&X-Amz-Date=20261118T110640Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature="
                + String(repeating: "0a", count: 32) + "\nHost: h\n\n",
            "GET /?X-Amz-Algorithm=&X-Amz-Expires=-1&X-Amz-Credential=%\n\n",
        ]
    ) { bytes in
        guard var sample = SignedSample.make() else { return }
        let (head, body) = request(in: bytes)
        require(!sample.verifies(head, body), "a request that nobody signed was accepted")
    }

    /// What our own signer signs is accepted, whatever the target; with another body it is not.
    private static let signedTargets = FuzzTarget(
        "signed-targets", texts: ["/a b%20c?d=e&f&%2B=+", "//..//x?a=2&a=1", "/é?é=%C3%A9", "/?&&=&"]
    ) { bytes in
        let text = bytes.text
        guard var sample = SignedSample.make(), text.hasPrefix("/"), !text.contains("X-Amz-"),
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && $0 != "#" })
        else { return }
        for lifetime in [nil, 60] {
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: text, headers: ["Host": "h"])
            let body = ByteBuffer(string: "body")
            sample.sign(&head, body, lifetime: lifetime)
            require(sample.verifies(head, body), "what was signed is refused")
            let request = WireRequest(HTTPRequest(head: RequestText(head), body: body, caller: .anyone))
            require(SignedService.name(of: request) == "lambda", "the router reads another service than the signature")
            require(!sample.verifies(head, ByteBuffer(string: "bodz")), "another body is accepted")
        }
    }

    /// Reads a request: a line with method and target, header lines, an empty line, the body.
    private static func request(in bytes: [UInt8]) -> (HTTPRequestHead, ByteBuffer) {
        var (line, rest) = bytes.halves()
        let (method, uri) = line.halves(at: UInt8(ascii: " "))
        var headers = HTTPHeaders()
        repeat {
            (line, rest) = rest.halves()
            let (name, value) = line.halves(at: UInt8(ascii: ":"))
            // The HTTP parser lets no other names through.
            if !line.isEmpty, name.allSatisfy({ $0 < 0x80 }) {
                headers.add(name: name.text, value: String(value.text.drop { $0 == " " }))
            }
        } while !line.isEmpty
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method.text), uri: uri.text, headers: headers)
        return (head, ByteBuffer(bytes: rest))
    }
}

/// A verifier that knows one key, and a signer that has it.
private struct SignedSample {
    private let signer: RequestSigner
    private var verifier: SignatureVerifier
    private static let now = Instant(milliseconds: 1_795_000_000_000)

    /// A new one: the verifier's buffers are empty and its caches cold.
    static func make() -> SignedSample? { accepted { try SignedSample() } }

    private init() throws {
        let credential = Credential(
            accessKey: try AccessKeyID("AKIAIOSFODNN7EXAMPLE"),
            secret: SecretKey(revealed: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), token: nil, expires: nil,
            principal: .administrator(.standard))
        let cache = CredentialCache()
        cache.insert(credential, for: credential.accessKey, ifUnchangedSince: cache.generation)
        verifier = SignatureVerifier(credentials: cache, region: .standard)
        signer = RequestSigner(credential: credential, region: .standard, service: "lambda")
    }

    func sign(_ head: inout HTTPRequestHead, _ body: ByteBuffer, lifetime: Int?) {
        if let lifetime {
            signer.presign(&head, body: body, at: Self.now, lifetime: lifetime)
        } else {
            signer.sign(&head, body: body, at: Self.now)
        }
    }

    mutating func verifies(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Bool {
        do throws(AuthenticationError) {
            guard case .verified = try verifier.verify(RequestText(head), body: body, now: Self.now) else {
                return false
            }
            return true
        } catch {
            return false
        }
    }
}
