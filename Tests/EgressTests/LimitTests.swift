import NIOCore
import Synchronization
import Testing

@testable import Egress

struct LimitTests {
    private func with(
        _ limits: (inout EgressLimits) -> Void,
        script: @escaping TestServer.Script = TestServer.answering(TestServer.hello),
        more: String = "", change: @escaping (inout EgressFixture.Options) -> Void = { _ in },
        _ body: @Sendable (EgressFixture, Int) async throws -> Void
    ) async throws {
        var changed = EgressLimits()
        limits(&changed)
        try await TestServer.with(script) { server in
            try await EgressFixture.with(ForwardingTests.rule(server.port, more)) {
                $0.limits = changed
                $0.times.head = .milliseconds(80)
                change(&$0)
            } _: { egress in
                try await body(egress, server.port)
            }
        }
    }

    @Test func `requests beyond a second's are refused, whoever makes them otherwise`() async throws {
        try await with({ $0.requestsPerSecond = 2 }) { egress, port in
            let request = "GET http://localhost.test:\(port)/ HTTP/1.1\r\nHost: localhost.test:\(port)\r\n\r\n"
            let connection = try await egress.connect()
            connection.send(String(repeating: request, count: 20))
            let refusal = "HTTP/1.1 429 Too Many Requests\r\nX-Martlet-Egress: limit-requests-per-second\r\n"
            let text = try await connection.wait { $0.components(of: "HTTP/1.1 ") == 20 }
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains(refusal))
            // Another function's limits are its own.
            try await EgressFixture.with(ForwardingTests.rule(port)) { other in
                let answer = try await other.get("http://localhost.test:\(port)/")
                #expect(answer.hasSuffix("hello"))
            }
        }
    }

    @Test func `connections to the outside are counted, and given back`() async throws {
        try await with({ $0.connections = 1 }, script: { _ in .wait }, more: #","speak":["tcp"]"#) { egress, port in
            let connect = "CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n"
            let first = try await egress.connect()
            first.send(connect)
            try await first.wait { $0.hasPrefix("HTTP/1.1 200") }
            let second = try await egress.send(connect)
            #expect(second.hasPrefix("HTTP/1.1 429 Too Many Requests\r\nX-Martlet-Egress: limit-connections\r\n"))
            try await first.channel.close()
            for _ in 0..<400 where egress.usage.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
            let third = try await egress.connect()
            third.send(connect)
            try await third.wait { $0.hasPrefix("HTTP/1.1 200") }
        }
    }

    @Test func `bytes are counted both ways`() async throws {
        let body = String(repeating: "x", count: 4000)
        try await with({ $0.bytesOut = 2000 }, script: { _ in .wait }) { egress, port in
            let answer = try await egress.send(
                "POST http://localhost.test:\(port)/ HTTP/1.1\r\nHost: localhost.test:\(port)\r\nContent-Length: 4000\r\n\r\n\(body)"
            )
            #expect(answer.hasPrefix("HTTP/1.1 413 Content Too Large\r\nX-Martlet-Egress: limit-bytes-out\r\n"))
        }
        let large = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n\(body)"
        try await with({ $0.bytesIn = 2000 }, script: TestServer.answering(large)) { egress, port in
            let answer = try await egress.get("http://localhost.test:\(port)/")
            #expect(!answer.hasSuffix("xxx") || answer.count < large.count)
            let outcome = try #require(try await egress.records.wait(for: 1).first?.outcome)
            #expect(outcome == .broken(.limit(.bytesIn)) || outcome == .refused(.limit(.bytesIn)))
        }
    }

    @Test func `a call that says nothing, or lasts too long, is ended`() async throws {
        try await with({ $0.idleTime = .milliseconds(150) }, script: { _ in .wait }) { egress, port in
            let answer = try await egress.get("http://localhost.test:\(port)/")
            #expect(answer.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\nX-Martlet-Egress: limit-idle-time\r\n"))
        }
        let echo: TestServer.Script = { $0.isEmpty ? .wait : .send("x") }
        try await with({ $0.connectionTime = .milliseconds(300) }, script: echo, more: #","speak":["tcp"]"#) {
            egress, port in
            let connection = try await egress.connect()
            connection.send("CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n")
            for _ in 0..<200 where !connection.isClosed {
                connection.send("more")
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(connection.isClosed)
            #expect(try await egress.records.wait(for: 1).first?.outcome == .broken(.limit(.connectionTime)))
        }
    }

    @Test func `the governor refuses a call, and cuts one that is open`() async throws {
        let cuts = Mutex<[EgressCut]>([])
        try await with(
            { _ in }, script: { _ in .wait }, more: #","speak":["tcp"]"#,
            change: {
                $0.gate = { attempt, cut in
                    let count = cuts.withLock {
                        $0.append(cut)
                        return $0.count
                    }
                    return attempt.caller == "fn" && count == 1 ? .open : .refuse("Not now.")
                }
            }
        ) { egress, port in
            let connect = "CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n"
            let first = try await egress.connect()
            first.send(connect)
            try await first.wait { $0.hasPrefix("HTTP/1.1 200") }
            let second = try await egress.send(connect)
            #expect(second.contains("X-Martlet-Egress: gate\r\n") && second.contains("Not now."))
            cuts.withLock { $0[0] }("Too loud.")
            _ = try await first.end()
            let outcomes = try await egress.records.wait(for: 2).map(\.outcome)
            #expect(outcomes.contains(.broken(.cut("Too loud."))) && outcomes.contains(.refused(.gate("Not now."))))
        }
    }
}
