import Testing

@testable import Egress

struct ForwardingTests {
    static func rule(_ port: Int, _ more: String = "") -> String {
        """
        [{"host":"localhost.test","ports":[\(port)],"addresses":["127.0.0.1"]\(more)}]
        """
    }

    @Test func `a request in absolute form goes out in origin form`() async throws {
        try await TestServer.with(TestServer.answering(TestServer.hello)) { server in
            try await EgressFixture.with(Self.rule(server.port)) { egress in
                let answer = try await egress.get(
                    "http://localhost.test:\(server.port)/a?b=c",
                    headers: "Proxy-Authorization: x\r\nProxy-Connection: keep-alive\r\nX-A: b\r\nTE: trailers\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nhello"))
                let request = try #require(server.requests.first)
                #expect(
                    request
                        == "GET /a?b=c HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\nX-A: b\r\nVia: 1.1 martlet\r\n\r\n"
                )
                let record = try #require(try await egress.records.wait(for: 1).first)
                #expect(record.outcome == .answered(status: 200))
                #expect(record.address == .v4(0x7F00_0001) && record.bytesIn > 5 && record.bytesOut > 5)
            }
        }
    }

    @Test func `what no rule names is refused`() async throws {
        try await EgressFixture.with("[]") { egress in
            let answer = try await egress.get("http://example.com/")
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\nX-Martlet-Egress: host-not-allowed\r\n"))
            let tunnel = try await egress.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
            #expect(tunnel.hasPrefix("HTTP/1.1 403 Forbidden\r\nX-Martlet-Egress: host-not-allowed\r\n"))
        }
    }

    @Test func `a plain tunnel passes bytes both ways where a rule allows tcp`() async throws {
        let script: TestServer.Script = { $0.hasSuffix("\n") ? .send("echo " + $0) : .wait }
        try await TestServer.with(script) { server in
            try await EgressFixture.with(Self.rule(server.port, #","speak":["tcp"]"#)) { egress in
                let connection = try await egress.connect()
                connection.send("CONNECT localhost.test:\(server.port) HTTP/1.1\r\nHost: localhost.test\r\n\r\nhi\n")
                try await connection.wait { $0.hasSuffix("echo hi\n") }
                connection.send("again\n")
                try await connection.wait { $0.hasSuffix("echo again\n") }
                connection.endOutput()
                _ = try await connection.end()
                #expect(try await egress.records.wait(for: 1).first?.outcome == .passed)
            }
        }
    }
}
