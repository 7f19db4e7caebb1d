import NIOCore
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

    private func with(
        _ script: @escaping TestServer.Script,
        _ body: @Sendable (TestConnection, String, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with(script) { server in
            try await EgressFixture.with(Self.rule(server.port)) { egress in
                let host = "localhost.test:\(server.port)"
                try await body(try await egress.connect(), host, server)
            }
        }
    }

    @Test func `both connections serve one request after the other, sent ahead or not`() async throws {
        try await with(TestServer.answering(TestServer.hello)) { connection, host, server in
            let request = "GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n"
            for count in 1...3 {
                connection.send(request)
                try await connection.wait { $0.components(of: "hello") == count }
            }
            connection.send(request + request + request)
            try await connection.wait { $0.components(of: "hello") == 6 }
            #expect(server.connections == 1 && server.requests.count == 6)
        }
    }

    @Test func `a kept connection that the server closed is replaced`() async throws {
        try await with({ $0.hasSuffix("\r\n\r\n") ? .close(TestServer.hello) : .wait }) { connection, host, server in
            for count in 1...3 {
                connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                try await connection.wait { $0.components(of: "hello") == count }
            }
            #expect(server.connections == 3)
        }
    }

    @Test func `chunks pass both ways and are framed anew`() async throws {
        let script: TestServer.Script = {
            $0.hasSuffix("0\r\n\r\n")
                ? .send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n")
                : .wait
        }
        try await with(script) { connection, host, server in
            connection.send("POST http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nTransfer-Encoding: Chunked\r\n\r\n")
            connection.send("04;a=b\r\nwxyz\r\n0\r\nX: y\r\n\r\n")
            try await connection.wait { $0.hasSuffix("\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") }
            #expect(server.requests.first?.hasSuffix("Via: 1.1 martlet\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n") == true)
        }
    }

    @Test func `a body of many megabytes passes whole, both ways`() async throws {
        let count = 8_000_000
        let script: TestServer.Script = { text in
            guard text.utf8.count > count else { return .wait }
            return .send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n" + String(repeating: "y", count: count))
        }
        try await with(script) { connection, host, server in
            connection.send("PUT http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(count)\r\n\r\n")
            connection.send([UInt8](repeating: 120, count: count))
            for _ in 0..<4000 where connection.bytes.count < count { try await Task.sleep(for: .milliseconds(5)) }
            try await connection.wait { $0.utf8.count > count && $0.hasSuffix("y") }
            #expect(server.requests.first?.hasSuffix("xxx") == true)
        }
    }

    @Test func `who waits for 100 Continue gets the server's`() async throws {
        let script: TestServer.Script = {
            if $0.hasSuffix("\r\n\r\n") { return .send("HTTP/1.1 100 Continue\r\n\r\n") }
            return $0.hasSuffix("body") ? .send(TestServer.hello) : .wait
        }
        try await with(script) { connection, host, server in
            connection.send(
                "POST http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            try await connection.wait { $0 == "HTTP/1.1 100 Continue\r\n\r\n" }
            connection.send("body")
            try await connection.wait { $0.hasSuffix("hello") }
            #expect(server.requests.first?.contains("Expect: 100-continue\r\n") == true)
        }
    }

    @Test func `WebSocket passes after it was judged, and no other upgrade does`() async throws {
        let script: TestServer.Script = {
            if $0.hasPrefix("GET") {
                return $0.contains("Upgrade: websocket")
                    ? .send(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
                    : .send(TestServer.hello)
            }
            return .send("echo " + $0)
        }
        try await with(script) { connection, host, _ in
            connection.send(
                "GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
            )
            try await connection.wait { $0.hasPrefix("HTTP/1.1 101 Switching") && $0.hasSuffix("first") }
            connection.send("\u{1}frame")
            try await connection.wait { $0.hasSuffix("echo \u{1}frame") }
        }
        try await with(script) { connection, host, server in
            connection.send(
                "GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n"
            )
            try await connection.wait { $0.hasSuffix("hello") }
            let request = try #require(server.requests.first).lowercased()
            #expect(!request.contains("upgrade") && !request.contains("http2-settings"))
        }
    }

    @Test func `a stream of events comes as it is sent`() async throws {
        let script: TestServer.Script = {
            $0.hasSuffix("\r\n\r\n")
                ? .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n") : .wait
        }
        try await with(script) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            // The server keeps its connection open: what has come is here without its end.
            try await connection.wait { $0.hasSuffix("\r\n\r\n9\r\ndata: 1\n\n\r\n") }
        }
    }

    @Test func `HEAD, 204 and 304 have no body, whatever their fields say`() async throws {
        for (method, status) in [("HEAD", "200 OK"), ("GET", "304 Not Modified"), ("GET", "204 No Content")] {
            try await with(TestServer.answering("HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\n")) {
                connection, host, server in
                for count in 1...2 {
                    connection.send("\(method) http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    try await connection.wait { $0.components(of: "HTTP/1.1 \(status)\r\n") == count }
                }
                #expect(server.connections == 1)
            }
        }
    }

    @Test func `a client of HTTP 1.0 gets what it understands`() async throws {
        let script = TestServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        try await with(script) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.0\r\n\r\n")
            let answer = try await connection.end()
            #expect(answer.hasSuffix("\r\n\r\nhello") && !answer.contains("chunked"))
        }
    }

    @Test func `an answer that ends too early does not look whole`() async throws {
        try await with({ _ in .close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") }) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            let answer = try await connection.end()
            #expect(answer.hasSuffix("Content-Length: 9\r\n\r\nhalf"))
        }
        try await with({ _ in .close("") }) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
            let answer = try await connection.end()
            #expect(answer.contains("X-Martlet-Egress: no-answer\r\n"))
        }
    }

    @Test func `a client that ends its half after the request still gets its answer`() async throws {
        try await with(TestServer.answering(TestServer.hello)) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            connection.endOutput()
            let answer = try await connection.end()
            #expect(answer.hasSuffix("hello"))
        }
    }

    @Test func `a server cannot speak for the proxy`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nX-Martlet-Egress: gate\r\nKeep-Alive: x\r\nContent-Length: 5\r\n\r\nhello"
        try await with(TestServer.answering(answer)) { connection, host, _ in
            connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            let text = try await connection.wait { $0.hasSuffix("hello") }
            #expect(text == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
    }

    @Test func `an answer in pieces of all sizes arrives whole and in order at who reads it late`() async throws {
        // More than the sockets on the way hold, so that some of it leaves directly and some of it waits.
        var (answer, sent) = (Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8), [UInt8]())
        for number in 0..<800 {
            let piece = [UInt8](repeating: UInt8(0x61 + number % 26), count: number * 7919 % 20_000 + 1)
            answer += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10]
            sent += piece
        }
        answer += Array("0\r\n\r\n".utf8)
        let (reply, expected) = (TestServer.Reply.bytes(answer), sent)
        try await TestServer.with({ $0.hasSuffix("\r\n\r\n") ? reply : .wait }) { server in
            try await EgressFixture.with(Self.rule(server.port)) { egress in
                let connection = try await egress.connect()
                try await connection.channel.setOption(.autoRead, value: false).get()
                let host = "localhost.test:\(server.port)"
                connection.send("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                for _ in 0..<6000 where server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                try await connection.channel.setOption(.autoRead, value: true).get()
                _ = try await connection.end(seconds: 240)
                var body = ByteBuffer(bytes: connection.bytes)
                var (boundary, reader, got) = (HeadBoundary(), BodyReader(.chunked), [UInt8]())
                _ = try boundary.take(from: &body)
                while case .data(let piece)? = try reader.next(from: &body) { got += [UInt8](buffer: piece) }
                #expect(reader.isEnded && got == expected)
            }
        }
    }
}
