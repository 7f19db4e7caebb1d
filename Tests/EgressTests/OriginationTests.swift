import NIOCore
import NIOSSL
import Testing

@testable import Egress

struct OriginationTests {
    private static let headers = #""headers":{"Authorization":"Bearer {{secret:TOKEN}}"}"#

    private func with(
        _ more: String, secrets: [String: String] = ["TOKEN": "s3cr3t-t0ken"], answer: String = TestServer.hello,
        isTrusted: Bool = true, name: String = "localhost.test",
        _ body: @Sendable (EgressFixture, TestServer) async throws -> Void
    ) async throws {
        let certificates = try Certificates(name: name)
        try await TestServer.with(tls: certificates.server, TestServer.answering(answer)) { server in
            let rule = ForwardingTests.rule(server.port, #","tls":"originate",\#(more)"#)
            try await EgressFixture.with(rule) {
                $0.secrets = secrets
                if isTrusted { $0.trustRoots = .certificates(certificates.root) }
            } _: { egress in
                try await body(egress, server)
            }
        }
    }

    @Test func `the host makes TLS of plain HTTP and puts the secret in`() async throws {
        try await with(Self.headers) { egress, server in
            // Neither the port nor TLS is the function's to know, and its own header gives way.
            let answer = try await egress.get("http://localhost.test/v1", headers: "authorization: mine\r\nX: y\r\n")
            #expect(answer.hasSuffix("\r\n\r\nhello"))
            let request = try #require(server.requests.first)
            #expect(
                request
                    == "GET /v1 HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\nX: y\r\nauthorization: Bearer s3cr3t-t0ken\r\nVia: 1.1 martlet\r\n\r\n"
            )
            #expect(try await egress.records.wait(for: 1).first?.way == .originated)
        }
    }

    @Test func `a certificate of an unknown root, or for another name, is refused before anything is said`()
        async throws
    {
        for (isTrusted, name) in [(false, "localhost.test"), (true, "other.test")] {
            try await with(Self.headers, isTrusted: isTrusted, name: name) { egress, server in
                let answer = try await egress.get("http://localhost.test/v1")
                #expect(answer.hasPrefix("HTTP/1.1 502 Bad Gateway\r\nX-Martlet-Egress: tls\r\n"))
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func `a certificate for the host's address is none for its name`() throws {
        let address = CertificateName.Entry.address([127, 0, 0, 1])
        func matches(_ host: String, _ names: String...) throws -> Bool {
            try CertificateName.matches(Host(host), names.map { .name(Array($0.utf8)) } + [address])
        }
        #expect(try matches("a.example.com", "A.example.com") && matches("a.example.com", "x.y", "*.example.com"))
        #expect(try matches("127.0.0.1") && !matches("127.0.0.2") && !matches("localhost.test"))
        #expect(try !matches("a.b.example.com", "*.example.com") && !matches("example.com", "*.example.com"))
        #expect(try !matches("example.com", "*.com") && !matches("ab.example.com", "a*.example.com"))
        #expect(try !matches("a.example.com", "a.example.com\u{0}.evil.org") && !matches("a.example.com", "*"))
    }

    @Test(arguments: ["a\r\nX-Admin: 1", "a\nb", "a\u{0}b", "", "a\rb"])
    func `a secret that would end its header is not sent`(secret: String) async throws {
        try await with(Self.headers, secrets: ["TOKEN": secret]) { egress, server in
            let answer = try await egress.get("http://localhost.test/v1")
            #expect(answer.hasPrefix("HTTP/1.1 502 Bad Gateway\r\nX-Martlet-Egress: secret-unsafe\r\n"))
            #expect(server.connections == 0)
        }
    }

    @Test func `a secret that is not leased ends the call`() async throws {
        try await with(Self.headers, secrets: [:]) { egress, server in
            let answer = try await egress.get("http://localhost.test/v1")
            #expect(answer.contains("X-Martlet-Egress: secret-not-leased\r\n") && server.connections == 0)
        }
    }

    @Test func `a secret in a query or a body is a value and nothing more`() async throws {
        let secret = "a&b=c d\"\r\n#é"
        try await with(#""query":{"key":"{{secret:TOKEN}}"}"#, secrets: ["TOKEN": secret]) { egress, server in
            _ = try await egress.get("http://localhost.test/v1?x=1&key=mine&k%65y=mine&keys=2")
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("GET /v1?x=1&keys=2&key=a%26b%3Dc%20d%22%0D%0A%23%C3%A9 HTTP/1.1\r\n"))
        }
        let form = #""body":{"type":"application/x-www-form-urlencoded","fields":{"grant":"x","s":"{{secret:TOKEN}}"}}"#
        let certificates = try Certificates()
        let whole: TestServer.Script = { $0.contains("%C3%A9") ? .send(TestServer.hello) : .wait }
        try await TestServer.with(tls: certificates.server, whole) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port, #","tls":"originate",\#(form)"#)) {
                $0.secrets = ["TOKEN": secret]
                $0.trustRoots = .certificates(certificates.root)
            } _: { egress in
                _ = try await egress.get("http://localhost.test/v1", method: "POST", headers: "Content-Type: a/b\r\n")
                let request = try #require(server.requests.first)
                #expect(request.hasSuffix("\r\n\r\ngrant=x&s=a%26b%3Dc%20d%22%0D%0A%23%C3%A9"))
                #expect(request.contains("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 41\r\n"))
                #expect(!request.contains("a/b"))
                let refused = try await egress.send(
                    "POST http://localhost.test/v1 HTTP/1.1\r\nHost: localhost.test\r\nContent-Length: 1\r\n\r\nx")
                #expect(refused.contains("X-Martlet-Egress: body\r\n"))
            }
        }
    }

    @Test func `JSON keeps a secret in its string`() throws {
        let origination = EgressRule.Origination(
            headers: [], query: [],
            body: BodyTemplate(
                form: .json, fields: [FieldTemplate(name: "k", value: try SecretTemplate("{{secret:A}}"))]))
        let reference = try #require(SecretReference("A"))
        let injection = try Injection(origination, [reference: LeasedSecret(Array(#"","admin":"1\"#.utf8))], query: nil)
        #expect(injection.body.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"k":"\",\"admin\":\"1\\"}"#)
        #expect(throws: EgressRefusal.secret(reference, .unsafe)) {
            try Injection(origination, [reference: LeasedSecret([0xFF])], query: nil)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 302 Found\r\nLocation: https://localhost.test/v2?key=s3cr3t-t0ken\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: s3cr3t-t0ken\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ns3cr3t\r\n6\r\n-t0ken\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n(s3cr3t-t0ken)",
        "HTTP/1.1 103 Early Hints\r\nLink: <s3cr3t-t0ken>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func `a secret that comes back is kept from the function`(answer: String) async throws {
        try await with(#""query":{"key":"{{secret:TOKEN}}"}"#, answer: answer) { egress, _ in
            let text = try await egress.get("http://localhost.test/v1")
            #expect(!text.contains("t0ken"))
            let outcome = try await egress.records.wait(for: 1).first?.outcome
            #expect(outcome == .refused(.echo) || outcome == .broken(.echo))
        }
    }

    @Test func `no answer that comes in pieces gives a secret away but for its last byte`() throws {
        var watch = EchoWatch([Array("s3cr3t-t0ken".utf8), Array("s3s3cr3t".utf8)])
        var passed = ""
        for byte in "x s3 s3cr3t-t0k s3s3cr3x s3cr3t-t0ke".utf8 {
            let piece = watch.pass(ByteBuffer(bytes: [byte]))
            passed += String(buffer: try #require(piece))
        }
        #expect(passed == "x s3 s3cr3t-t0k s3s3cr3x ")
        var ended = watch
        let (rest, last) = (ended.end(), watch.pass(ByteBuffer(string: "n")))
        #expect(String(buffer: rest) == "s3cr3t-t0ke" && last == nil)
    }

    @Test func `an answer that only resembles a secret arrives whole`() async throws {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n(s3cr3t-t0",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n(s3c\r\n6\r\nr3t-t0\r\n0\r\n\r\n",
        ] {
            try await with(Self.headers, answer: answer) { egress, _ in
                let text = try await egress.get("http://localhost.test/v1")
                let chunks = "1\r\n(\r\n9\r\ns3cr3t-t0\r\n0\r\n\r\n"
                #expect(text.hasSuffix("(s3cr3t-t0") || text.hasSuffix(chunks), "\(text)")
                #expect(try await egress.records.wait(for: 1).first?.outcome == .answered(status: 200))
            }
        }
    }

    @Test(arguments: ["(s3cr3t-t0ken)", ""])
    func `a secret does not come back over a WebSocket`(first: String) async throws {
        let certificates = try Certificates()
        let script: TestServer.Script = {
            if $0.hasSuffix("\r\n\r\n") {
                return .send("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\(first)")
            }
            return .send("frame s3cr3t-t0ken")
        }
        try await TestServer.with(tls: certificates.server, script) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port, #","tls":"originate",\#(Self.headers)"#)) {
                $0.secrets = ["TOKEN": "s3cr3t-t0ken"]
                $0.trustRoots = .certificates(certificates.root)
            } _: { egress in
                let connection = try await egress.connect()
                connection.send(
                    "GET http://localhost.test/ HTTP/1.1\r\nHost: localhost.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                )
                if first.isEmpty {
                    try await connection.wait { $0.hasPrefix("HTTP/1.1 101") }
                    connection.send("hello")
                }
                #expect(try await egress.records.wait(for: 1).first?.outcome == .broken(.echo))
                #expect(try await !connection.end().contains("t0ken"))
            }
        }
    }

    @Test func `a header or a parameter that a server could take for the rule's gives way to it`() async throws {
        try await with(#""headers":{"X-Tenant":"acme"},"query":{"tenant":"acme"}"#) { egress, server in
            _ = try await egress.get(
                "http://localhost.test/v1?a=1;tenant=other&b=2", headers: "X_Tenant: other\r\nx_tenant-y: z\r\n")
            let request = try #require(server.requests.first)
            #expect(!request.contains("other") && request.contains("x_tenant-y: z\r\nx-tenant: acme\r\n"))
            #expect(request.hasPrefix("GET /v1?b=2&tenant=acme HTTP/1.1\r\n"))
        }
    }

    @Test(arguments: [
        "/v1/../admin", "/v1/%2e%2e/admin", "/v1//admin", "/v1/..%2fadmin", "/v1/%252e%252e/admin", "/v1/..;/admin",
    ])
    func `a secret goes to no path that could mean another`(path: String) async throws {
        try await with(#""paths":["/v1/**"],\#(Self.headers)"#) { egress, server in
            let answer = try await egress.get("http://localhost.test\(path)")
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\nX-Martlet-Egress: path-unclear\r\n"))
            #expect(server.connections == 0)
        }
    }

    @Test func `what was judged is what is sent`() async throws {
        try await with(#""paths":["/v1/**"],\#(Self.headers)"#) { egress, server in
            _ = try await egress.get("http://localhost.test/%761/%c3%a9")
            #expect(server.requests.first?.hasPrefix("GET /v1/%C3%A9 HTTP/1.1\r\n") == true)
            let other = try await egress.get("http://localhost.test/v2")
            #expect(other.contains("X-Martlet-Egress: path-not-allowed\r\n"))
        }
    }

    @Test func `a redirect is the function's to follow, and judged anew`() async throws {
        let redirect = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"
        try await with(Self.headers, answer: redirect) { egress, server in
            let answer = try await egress.get("http://localhost.test/v1")
            #expect(answer.hasPrefix("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n"))
            #expect(server.requests.count == 1)
            let next = try await egress.get("http://169.254.169.254/latest/")
            #expect(next.contains("X-Martlet-Egress: host-not-allowed\r\n"))
        }
    }

    @Test func `nothing of a secret shows in a dump`() {
        var text = ""
        dump(LeasedSecret(Array("hidden".utf8)), to: &text)
        #expect(!text.contains("104") && !"\(LeasedSecret([104]))".contains("104"))
    }
}
