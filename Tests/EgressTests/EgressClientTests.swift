import Core
import NIOPosix
import NIOSSL
import Testing

@testable import Egress

struct EgressClientTests {
    private static func post(
        _ url: String, rules: String, headers: [(name: String, value: String)] = [], body: String = "body",
        _ change: (inout EgressFixture.Options) -> Void = { _ in }
    ) async throws -> (status: Int?, refusal: EgressRefusal?, records: [EgressRecord]) {
        var options = EgressFixture.Options()
        options.addresses["localhost.test"] = [.v4(0x7F00_0001)]
        change(&options)
        let records = EgressFixture.Records()
        let client = EgressClient(
            try EgressFixture.surroundings(options, records), on: MultiThreadedEventLoopGroup.singleton)
        let caller = EgressCaller(
            name: "topic", policy: try EgressPolicy(function: EgressRule.list(parsing: rules)), usage: options.usage)
        let address = try #require(WebAddress(url))
        let result: Result<Int, EgressRefusal>
        do throws(EgressRefusal) {
            result = .success(try await client.post(Array(body.utf8), to: address, headers: headers, for: caller))
        } catch { result = .failure(error) }
        switch result {
        case .success(let status): return (status, nil, try await records.wait(for: 1))
        case .failure(let refusal): return (nil, refusal, records.all)
        }
    }

    /// Answers once the body is whole.
    private static func answering(_ answer: String) -> TestServer.Script {
        { $0.hasSuffix("body") ? .send(answer) : .wait }
    }

    private static func rule(_ port: Int, _ more: String = #","addresses":["127.0.0.1"]"#) -> String {
        #"[{"host":"localhost.test","ports":[\#(port)],"methods":["POST"]\#(more)}]"#
    }

    @Test func `a body is posted once, and the status comes back`() async throws {
        try await TestServer.with(Self.answering("HTTP/1.1 204 No Content\r\n\r\n")) { server in
            let url = "http://localhost.test:\(server.port)/a?b=c"
            let (status, _, records) = try await Self.post(url, rules: Self.rule(server.port), headers: [("X-A", "b")])
            #expect(status == 204)
            #expect(
                server.requests
                    == [
                        "POST /a?b=c HTTP/1.1\r\nHost: localhost.test:\(server.port)\r\nX-A: b\r\nContent-Length: 4\r\n"
                            + "Via: 1.1 martlet\r\n\r\nbody"
                    ])
            #expect(records.first?.outcome == .answered(status: 204))
            #expect(records.first?.caller == "topic")
        }
    }

    /// Makes a request and reads the answer.
    private static func call(
        _ method: String, _ body: String, answering answer: String, limit: Int = 100
    ) async throws -> (answer: ClientAnswer?, refusal: EgressRefusal?, requests: [String]) {
        try await TestServer.with({ $0.hasSuffix("\r\n\r\n" + body) ? .send(answer) : .wait }) { server in
            var options = EgressFixture.Options()
            options.addresses["localhost.test"] = [.v4(0x7F00_0001)]
            let client = EgressClient(
                try EgressFixture.surroundings(options, EgressFixture.Records()),
                on: MultiThreadedEventLoopGroup.singleton)
            let rules = #"[{"host":"localhost.test","ports":[\#(server.port)],"addresses":["127.0.0.1"]}]"#
            let caller = EgressCaller(
                name: "workflow", policy: try EgressPolicy(function: EgressRule.list(parsing: rules)),
                usage: options.usage)
            let address = try #require(WebAddress("http://localhost.test:\(server.port)/x"))
            let request = ClientRequest(
                method, headers: [("X-A", "b")], body: Array(body.utf8), answerLimit: limit, seconds: 5)
            do throws(EgressRefusal) {
                let answer = try await client.call(address, request, for: caller)
                return (answer, nil, server.requests)
            } catch { return (nil, error, server.requests) }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 All Right\r\nContent-Length: 5\r\nX-B: c\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 All Right\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 All Right\r\nContent-Length: 0\r\n\r\n", ""),
    ])
    func `the whole answer comes back`(text: String, body: String) async throws {
        let (answer, refusal, requests) = try await Self.call("PUT", "body", answering: text)
        #expect(refusal == nil)
        #expect(answer?.status == 200 && answer?.reason == "All Right" && answer?.body == Array(body.utf8))
        #expect(requests.first?.hasPrefix("PUT /x HTTP/1.1\r\n") == true)
        if text.contains("X-B") { #expect(answer?.headers.contains { $0 == ("X-B", "c") } == true) }
    }

    @Test func `an answer that is too long, cut off, or no answer is an error`() async throws {
        let long = "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + String(repeating: "a", count: 101)
        #expect(try await Self.call("GET", "", answering: long).refusal == .limit(.bytesIn))
        #expect(try await Self.call("GET", "", answering: long, limit: 101).answer?.body.count == 101)
        let bad = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        #expect(try await Self.call("GET", "", answering: bad).refusal == .badAnswer(.chunk))
    }

    @Test func `a redirect is an answer like another`() async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        try await TestServer.with(Self.answering(answer)) { server in
            let url = "http://localhost.test:\(server.port)/"
            let status = try await Self.post(url, rules: Self.rule(server.port)).status
            #expect(status == 302)
            #expect(server.connections == 1)
        }
    }

    @Test func `a name that leads to a private address is not called`() async throws {
        try await TestServer.with(Self.answering(TestServer.hello)) { server in
            let url = "http://localhost.test:\(server.port)/"
            let (_, refusal, records) = try await Self.post(url, rules: Self.rule(server.port, ""))
            #expect(refusal == .address(.v4(0x7F00_0001), .loopback))
            #expect(server.connections == 0)
            #expect(records.count == 1)
        }
    }

    @Test func `of a name with a private address beside a public one neither is called`() async throws {
        let (_, refusal, _) = try await Self.post("http://both.test/", rules: #"[{"host":"both.test"}]"#) {
            $0.addresses["both.test"] = [.v4(0x0808_0808), .v4(0x0A00_0001)]
        }
        #expect(refusal == .address(.v4(0x0A00_0001), .privateUse))
    }

    @Test(arguments: [("X", "a\r\nY: b"), ("X\r\nY", "b"), ("X", "a\nb"), ("X: y", "b"), ("X", "\u{0}"), ("", "b")])
    func `no header can be more than one`(name: String, value: String) async throws {
        try await TestServer.with(Self.answering(TestServer.hello)) { server in
            let url = "http://localhost.test:\(server.port)/"
            let (status, _, _) = try await Self.post(url, rules: Self.rule(server.port), headers: [(name, value)])
            #expect(status == nil)
            #expect(server.connections == 0)
        }
    }

    @Test func `a certificate of an unknown root, or for another name, is not accepted`() async throws {
        for (isTrusted, name, isFine) in [
            (true, "localhost.test", true), (false, "localhost.test", false), (true, "other.test", false),
        ] {
            let certificates = try Certificates(name: name)
            try await TestServer.with(tls: certificates.server, Self.answering(TestServer.hello)) { server in
                let rule = Self.rule(server.port, #","addresses":["127.0.0.1"],"tls":"originate""#)
                let url = "https://localhost.test:\(server.port)/"
                let (status, refusal, _) = try await Self.post(url, rules: rule) {
                    if isTrusted { $0.trustRoots = .certificates(certificates.root) }
                }
                #expect(status == (isFine ? 200 : nil))
                #expect(refusal == (isFine ? nil : .tls))
            }
        }
    }

    @Test func `what the governor refuses is not called`() async throws {
        try await TestServer.with(Self.answering(TestServer.hello)) { server in
            let url = "http://localhost.test:\(server.port)/"
            let (_, refusal, _) = try await Self.post(url, rules: Self.rule(server.port)) {
                $0.gate = { _, _, decide in decide(.refuse("stopped")) }
            }
            #expect(refusal == .gate("stopped"))
            #expect(server.connections == 0)
        }
    }

    @Test func `an answer that is none is an error`() async throws {
        try await TestServer.with(Self.answering("HELLO\r\n\r\n")) { server in
            let url = "http://localhost.test:\(server.port)/"
            let refusal = try await Self.post(url, rules: Self.rule(server.port)).refusal
            #expect(refusal == .badAnswer(.startLine))
        }
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 7\r\n\r\nhello", "hello"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!", nil),
        ] as [(String, String?)])
    func `of an answer as much is read as is asked for, and more is an error`(_ answer: String, _ body: String?)
        async throws
    {
        try await TestServer.with(Self.answering(answer)) { server in
            var options = EgressFixture.Options()
            options.addresses["localhost.test"] = [.v4(0x7F00_0001)]
            let client = EgressClient(
                try EgressFixture.surroundings(options, EgressFixture.Records()),
                on: MultiThreadedEventLoopGroup.singleton)
            let rules = Self.rule(server.port).replacing("POST", with: "PUT")
            let caller = EgressCaller(
                name: "c", policy: try EgressPolicy(function: EgressRule.list(parsing: rules)), usage: options.usage)
            var request = ClientRequest(headers: [], body: Array("body".utf8))
            request.method = "PUT"
            request.answerLimit = 5
            let address = try #require(WebAddress("http://localhost.test:\(server.port)/"))
            let got: ClientAnswer?
            do throws(EgressRefusal) { got = try await client.call(address, request, for: caller) } catch {
                #expect(error == .limit(.bytesIn))
                got = nil
            }
            #expect(got.map { String(decoding: $0.body, as: UTF8.self) } == body)
            #expect(server.requests.first?.hasPrefix("PUT / HTTP/1.1") == true)
            if answer.contains("Retry") { #expect(got?.header("retry-after") == "7") }
        }
    }
}
