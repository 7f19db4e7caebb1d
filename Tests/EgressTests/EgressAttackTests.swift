import NIOCore
import Synchronization
import Testing

@testable import Egress

/// What a hostile function would try against its way out.
struct EgressAttackTests {
    /// Nothing that is refused may have reached the server.
    private func refused(
        _ request: @Sendable (Int) -> String, reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await TestServer.with({ _ in .send(TestServer.hello) }) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port)) { egress in
                let answer = try await egress.send(request(server.port))
                #expect(answer.contains("X-Martlet-Egress: \(reason)\r\n"), "\(answer)", sourceLocation: sourceLocation)
                #expect(!answer.contains("hello") && server.requests.isEmpty, sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `a request that hides another is refused whole`() async throws {
        let inner = "GET http://localhost.test/x HTTP/1.1\r\nHost: localhost.test\r\n\r\n"
        @Sendable func post(_ port: Int, _ fields: String, _ body: String) -> String {
            "POST http://localhost.test:\(port)/ HTTP/1.1\r\nHost: localhost.test:\(port)\r\n\(fields)\r\n\(body)"
        }
        let cases: [(String, String)] = [
            ("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "syntax-ambiguous-length"),
            ("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", "syntax-ambiguous-length"),
            ("Content-Length: 0\r\nContent-Length: 6\r\n", "syntax-ambiguous-length"),
            ("Transfer-Encoding: chunked, identity\r\n", "syntax-ambiguous-length"),
            ("Transfer-Encoding: \u{B}chunked\r\n", "syntax-header"),
            ("Transfer-Encoding : chunked\r\n", "syntax-header"),
            ("X: y\r\n Transfer-Encoding: chunked\r\n", "syntax-header"),
            ("X: y\nTransfer-Encoding: chunked\r\n", "syntax-header"),
            ("X: a\u{0}b\r\n", "syntax-header"), ("Connection: close, content-length\r\n", "syntax-connection"),
        ]
        for (fields, reason) in cases {
            try await refused({ post($0, fields, "0\r\n\r\n" + inner) }, reason: reason)
        }
    }

    @Test func `a body with odd chunks never becomes a second request`() async throws {
        let bodies = ["5\r\nhelloXX", "1\nx\r\n0\r\n\r\n", "ffffffffffffffff0\r\n", "0x1\r\nx\r\n", "1;\u{0}\r\nx\r\n"]
        for body in bodies {
            try await TestServer.with({ $0.hasSuffix("0\r\n\r\n") ? .send(TestServer.hello) : .wait }) { server in
                try await EgressFixture.with(ForwardingTests.rule(server.port)) { egress in
                    let answer = try await egress.send(
                        "POST http://localhost.test:\(server.port)/ HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n" + body)
                    #expect(answer.contains("X-Martlet-Egress: syntax-chunk\r\n"), "\(body): \(answer)")
                    #expect(server.requests.isEmpty)
                }
            }
        }
    }

    @Test(arguments: [
        "http://127.1", "http://0x7f.1", "http://0x7f000001", "http://017700000001", "http://2130706433",
        "http://0177.0.0.1", "http://127.0.0.1.", "http://[::ffff:7f00:1]", "http://[::ffff:127.0.0.1]",
        "http://[::1%25lo]", "http://[::]", "http://0.0.0.0", "http://0", "http://%31%32%37.0.0.1",
        "http://localhost.test@127.0.0.1", "http://127.0.0.1#@localhost.test", "http://127.0.0.1\\@localhost.test",
        "http://localhost", "http://localhost.", "http://[0:0:0:0:0:0:0:1]", "http://[64:ff9b::7f00:1]",
        "http://[2002:7f00:1::1]", "http://①②⑦.0.0.1", "http://127.0.0.1%00.localhost.test",
    ])
    func `no spelling of the host's own address is let through`(url: String) async throws {
        try await refused(
            { "GET \(url):\($0)/ HTTP/1.1\r\nHost: localhost.test:\($0)\r\nConnection: close\r\n\r\n" },
            anyReason: true)
    }

    private func refused(_ request: @Sendable (Int) -> String, anyReason: Bool) async throws {
        try await TestServer.with({ _ in .send(TestServer.hello) }) { server in
            // Every name below example.com, and the whole IPv6 Internet: but no address that is not public.
            let rules = """
                [{"host":"*.localhost.test","ports":[\(server.port)]},{"host":"::/0","ports":[\(server.port)]},
                {"host":"localhost.test","ports":[\(server.port)]}]
                """
            try await EgressFixture.with(rules) { egress in
                let answer = try await egress.send(request(server.port))
                #expect(answer.hasPrefix("HTTP/1.1 4") && answer.contains("X-Martlet-Egress: "), "\(answer)")
                #expect(server.connections == 0)
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "loopback"), ("10.0.0.1", "private"), ("169.254.169.254", "metadata"), ("100.64.0.1", "shared"),
        ("169.254.1.1", "link-local"), ("0.0.0.0", "unspecified"), ("255.255.255.255", "broadcast"),
        ("::1", "loopback"), ("fd00:ec2::254", "metadata"), ("64:ff9b::a9fe:a9fe", "metadata"),
        ("::ffff:169.254.169.254", "metadata"), ("2002:7f00:1::", "loopback"),
    ])
    func `an allowed name with an address that is not public is refused`(address: String, kind: String) async throws {
        let address = try #require(IPAddressParser.v4(address) ?? IPAddressParser.v6(address))
        let good = IPAddress.v4(0x0808_0808)
        try await EgressFixture.with(#"[{"host":"a.example"}]"#) {
            $0.addresses["a.example"] = [good, address]
        } _: { egress in
            let answer = try await egress.get("http://a.example/")
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\nX-Martlet-Egress: address-\(kind)\r\n"))
            let tunnel = try await egress.send("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n")
            #expect(tunnel.contains("X-Martlet-Egress: address-\(kind)\r\n"))
        }
    }

    @Test func `a name that changes its address is connected to the one that was judged`() async throws {
        let questions = Mutex(0)
        try await TestServer.with(TestServer.answering(TestServer.hello)) { server in
            let rules = #"[{"host":"rebind.test","ports":[\#(server.port)],"addresses":["127.0.0.1"]}]"#
            try await EgressFixture.with(rules) {
                $0.resolver = NameResolver { _, _, loop in
                    let count = questions.withLock {
                        $0 += 1
                        return $0
                    }
                    // First the address that the rule names, then one that it does not.
                    return loop.makeSucceededFuture([count == 1 ? .v4(0x7F00_0001) : .v4(0x7F00_0002)])
                }
            } _: { egress in
                let first = try await egress.get("http://rebind.test:\(server.port)/")
                #expect(first.hasSuffix("hello") && questions.withLock { $0 } == 1)
                #expect(try await egress.records.wait(for: 1).first?.address == .v4(0x7F00_0001))
                let second = try await egress.get("http://rebind.test:\(server.port)/")
                #expect(second.contains("X-Martlet-Egress: address-loopback\r\n"))
            }
        }
    }

    @Test func `what does not name a host is told what this is`() async throws {
        try await refused({ "GET / HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\r\n" }, reason: "target-origin-form")
        try await refused(
            { "GET https://localhost.test:\($0)/ HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\r\n" },
            reason: "target-https")
        try await refused(
            { "GET http://localhost.test:\($0)/ HTTP/1.1\r\nHost: evil.test\r\n\r\n" }, reason: "host-differs")
        try await refused({ "OPTIONS * HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\r\n" }, reason: "target")
        try await refused(
            { "TRACE http://localhost.test:\($0)/ HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\r\n" }, reason: "method")
        for method in ["Trace", "track"] {
            try await refused(
                { "\(method) http://localhost.test:\($0)/ HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\r\n" },
                reason: "method")
        }
        for field in ["Content_Length: 3", "Transfer_encoding: chunked"] {
            try await refused(
                { "GET http://localhost.test:\($0)/ HTTP/1.1\r\nHost: localhost.test:\($0)\r\n\(field)\r\n\r\n" },
                reason: "syntax-ambiguous-length")
        }
        try await refused({ _ in "\u{16}\u{3}\u{1}\u{0}\u{5}hello\r\n\r\n" }, reason: "syntax-start-line")
    }

    @Test func `a head without end is refused at its bound`() async throws {
        let field = "X: " + String(repeating: "y", count: 1000) + "\r\n"
        try await refused(
            { _ in "GET http://a/ HTTP/1.1\r\n" + String(repeating: field, count: 70) }, reason: "head-too-large")
        let many = String(repeating: "X: y\r\n", count: 200)
        try await refused({ _ in "GET http://a/ HTTP/1.1\r\nHost: a\r\n\(many)\r\n" }, reason: "head-too-large")
    }

    @Test func `who drips a head or stops in a body is answered in time`() async throws {
        try await TestServer.with({ _ in .wait }) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port)) {
                $0.times.head = .milliseconds(200)
                $0.times.body = .milliseconds(200)
            } _: { egress in
                let dripping = try await egress.connect()
                for byte in "GET http://localhost.test/ HTTP/1.1\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".utf8
                where !dripping.isClosed {
                    dripping.send([byte])
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(
                    try await dripping.end().hasPrefix("HTTP/1.1 408 Request Timeout\r\nX-Martlet-Egress: too-slow\r\n")
                )
                let stopping = try await egress.send(
                    "POST http://localhost.test:\(server.port)/ HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\nContent-Length: 9\r\n\r\nabc"
                )
                #expect(stopping.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            }
        }
    }

    @Test func `who hoards connections gets no more of them`() async throws {
        try await EgressFixture.with("[]") {
            $0.connectionLimit = 4
        } _: { egress in
            var held: [TestConnection] = []
            for _ in 0..<4 { held.append(try await egress.connect()) }
            // The server has seen a connection when it has answered on it.
            for connection in held {
                connection.send("GET http://a.b/ HTTP/1.1\r\nHost: a.b\r\n\r\n")
                try await connection.wait { $0.contains("host-not-allowed") }
            }
            let fifth = try await egress.connect()
            #expect(try await fifth.end().contains("X-Martlet-Egress: too-many-connections\r\n"))
            try await held[0].channel.close()
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await egress.get("http://a.b/").contains("host-not-allowed"))
        }
    }

    @Test func `a server that answers in an odd way is cut off`() async throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 200 OK\nA: b\n\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n",
            String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20),
        ]
        for answer in answers {
            try await TestServer.with(TestServer.answering(answer)) { server in
                try await EgressFixture.with(ForwardingTests.rule(server.port)) { egress in
                    let text = try await egress.get("http://localhost.test:\(server.port)/")
                    #expect(text.contains("HTTP/1.1 502 Bad Gateway\r\nX-Martlet-Egress: bad-answer\r\n"), "\(answer)")
                }
            }
        }
    }

    @Test func `an answer that was not asked for does not answer the next request`() async throws {
        let poisoned = TestServer.hello + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
        try await TestServer.with(TestServer.answering(poisoned)) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port)) { egress in
                let connection = try await egress.connect()
                let request =
                    "GET http://localhost.test:\(server.port)/ HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\n\r\n"
                for count in 1...2 {
                    connection.send(request)
                    try await connection.wait { $0.components(of: "hello") == count }
                }
                #expect(!connection.text.contains("poison") && server.connections == 2)
            }
        }
    }

    @Test func `a sandbox without a function calls nobody`() async throws {
        try await EgressFixture.with(#"[{"host":"a.b"}]"#) {
            $0.isAssigned = false
        } _: { egress in
            let answer = try await egress.get("http://a.b/")
            #expect(answer.contains("X-Martlet-Egress: not-assigned\r\n"))
        }
    }
}

extension String {
    /// How often a text occurs.
    func components(of text: String) -> Int { split(separator: text, omittingEmptySubsequences: false).count - 1 }
}
