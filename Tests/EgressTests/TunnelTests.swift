import NIOCore
import NIOSSL
import Testing

@testable import Egress

struct TunnelTests {
    /// Opens a tunnel by hand; what is sent afterwards goes through it.
    private func tunnel(_ egress: EgressFixture, _ target: String) async throws -> TestConnection {
        let connection = try await egress.connect()
        connection.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n")
        try await connection.wait { $0.hasPrefix("HTTP/1.1 200 Connection Established\r\n\r\n") }
        return connection
    }

    private func rule(_ port: Int, _ more: String = "") -> String { ForwardingTests.rule(port, more) }

    @Test func `TLS passes through a tunnel for the very host`() async throws {
        let certificates = try Certificates()
        try await TestServer.with(tls: certificates.server, TestServer.answering(TestServer.hello)) { server in
            try await EgressFixture.with(rule(server.port)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                try await connection.channel.eventLoop.submit {
                    try connection.channel.pipeline.syncOperations.addHandler(
                        certificates.client(to: "localhost.test"), position: .first)
                }.get()
                connection.send("GET / HTTP/1.1\r\n\r\n")
                try await connection.wait { $0.hasSuffix("\r\n\r\nhello") }
                try await connection.channel.close()
                let record = try #require(try await egress.records.wait(for: 1).first)
                #expect(record.outcome == .passed && record.way == .tunnel && record.bytesIn > 500)
            }
        }
    }

    /// A ClientHello by hand: fragments are records, pieces are segments.
    static func hello(_ name: String?, records: Int = 1, extra: [UInt8] = []) -> [UInt8] {
        func vector(_ size: Int, _ bytes: [UInt8]) -> [UInt8] {
            (0..<size).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
        }
        var extensions: [UInt8] = extra
        if let name { extensions += [0, 0] + vector(2, vector(2, [0] + vector(2, Array(name.utf8)))) }
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + vector(1, []) + vector(2, [0x13, 1]) + vector(1, [0])
            + vector(2, extensions)
        let message = [1] + vector(3, body)
        let size = (message.count + records - 1) / records
        return stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + vector(2, Array(message[start..<min(message.count, start + size)]))
        }
    }

    private static let alert = "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}1"

    @Test(arguments: ["evil.example", "localhost.test.", "a.localhost.test", "127.0.0.1", nil])
    func `a ClientHello for another host than CONNECT ends the tunnel`(name: String?) async throws {
        try await TestServer.with({ _ in .send("no") }) { server in
            try await EgressFixture.with(rule(server.port)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                connection.send(Self.hello(name))
                #expect(try await connection.end().hasSuffix(Self.alert))
                #expect(server.requests.isEmpty)
                let expected: EgressRefusal = name == nil ? .noServerName : .otherServerName
                #expect(try await egress.records.wait(for: 1).first?.outcome == .broken(expected))
            }
        }
    }

    @Test func `a literal address needs no server name, but no other either`() async throws {
        try await TestServer.with({ _ in .send("reached") }) { server in
            try await EgressFixture.with(#"[{"host":"127.0.0.1","ports":[\#(server.port)]}]"#) { egress in
                let connection = try await tunnel(egress, "127.0.0.1:\(server.port)")
                connection.send(Self.hello(nil))
                try await connection.wait { $0.hasSuffix("reached") }
                let other = try await tunnel(egress, "127.0.0.1:\(server.port)")
                other.send(Self.hello("localhost.test"))
                #expect(try await other.end().hasSuffix(Self.alert))
            }
        }
    }

    @Test func `the address of an allowed name is not allowed by itself`() async throws {
        try await EgressFixture.with(rule(443)) { egress in
            let answer = try await egress.send("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\nX-Martlet-Egress: host-not-allowed\r\n"))
        }
    }

    @Test func `a ClientHello is put together from records and segments`() async throws {
        try await TestServer.with({ $0.utf8.count > 80 ? .send("reached") : .wait }) { server in
            try await EgressFixture.with(rule(server.port)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                for byte in Self.hello("LocalHost.Test", records: 9) {
                    connection.send([byte])
                    await Task.yield()
                }
                try await connection.wait { $0.hasSuffix("reached") }
            }
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "\u{0}", "\u{16}\u{2}\u{0}\u{0}\u{5}hello"])
    func `what is not TLS is refused where only TLS is allowed`(text: String) async throws {
        try await TestServer.with({ _ in .send("no") }) { server in
            try await EgressFixture.with(rule(server.port)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                connection.send(text)
                #expect(try await connection.end().contains("X-Martlet-Egress: not-tls\r\n"))
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func `a ClientHello that never ends is given up`() async throws {
        try await TestServer.with({ _ in .send("no") }) { server in
            try await EgressFixture.with(rule(server.port)) {
                $0.times.hello = .milliseconds(150)
            } _: { egress in
                let silent = try await tunnel(egress, "localhost.test:\(server.port)")
                let slow = try await tunnel(egress, "localhost.test:\(server.port)")
                slow.send(Array(Self.hello("localhost.test").dropLast(3)))
                _ = try await silent.end()
                _ = try await slow.end()
                #expect(try await egress.records.wait(for: 2).map(\.outcome) == [.broken(.slow), .broken(.slow)])
            }
        }
    }

    @Test func `a ClientHello is read strictly`() throws {
        func read(_ bytes: [UInt8]) throws(ClientHelloError) -> ClientHello? {
            var reader = ClientHelloReader()
            return try reader.read(ByteBuffer(bytes: bytes).readableBytesView)
        }
        #expect(try read(Self.hello("a.b")) == ClientHello(serverName: "a.b"))
        // With ECH the outer name is what everybody sees, and what counts.
        #expect(try read(Self.hello("outer.b", extra: [0xFE, 0x0D, 0, 1, 0])) == ClientHello(serverName: "outer.b"))
        #expect(try read([]) == nil && read([22, 3]) == nil)
        let twice: [UInt8] = [0, 0, 0, 6, 0, 4, 0, 0, 1, 97]
        #expect(throws: ClientHelloError.malformed) { try read(Self.hello("a.b", extra: twice)) }
        let two: [UInt8] = [0, 0, 0, 10, 0, 8, 0, 0, 1, 97, 0, 0, 1, 98]
        #expect(throws: ClientHelloError.twoNames) { try read(Self.hello(nil, extra: two)) }
        #expect(throws: ClientHelloError.malformed) { try read(Self.hello(nil, extra: [0, 0, 0, 9, 0])) }
        #expect(throws: ClientHelloError.malformed) { try read(Self.hello("a b")) }
        #expect(throws: ClientHelloError.malformed) { try read([22, 3, 1, 0, 0]) }
        #expect(throws: ClientHelloError.notTLS) { try read([22, 3, 1, 0, 4, 2, 0, 0, 0]) }
        #expect(throws: ClientHelloError.notTLS) { try read([0x80, 0x2E, 1, 3, 1]) }
        #expect(throws: ClientHelloError.tooLarge) { try read([22, 3, 1, 0, 4, 1, 1, 0, 0]) }
        let dripping = [UInt8](repeating: 0, count: 70).flatMap { _ in [22, 3, 1, 0, 1, 1] as [UInt8] }
        #expect(throws: ClientHelloError.self) { try read(dripping) }
    }

    @Test func `one direction of a tunnel can end before the other`() async throws {
        // Answers only when the client has said everything.
        let script: TestServer.Script = { $0.hasSuffix("last\n") ? .close("all heard") : .wait }
        try await TestServer.with(script) { server in
            try await EgressFixture.with(rule(server.port, #","speak":["tcp"]"#)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                connection.send("first\nlast\n")
                connection.endOutput()
                #expect(try await connection.end().hasSuffix("all heard"))
            }
        }
    }

    @Test func `what was sent before the end arrives, however slowly it is read`() async throws {
        let count = 20_000_000
        let script: TestServer.Script = {
            $0.hasSuffix("last\n") ? .close(String(repeating: "z", count: count)) : .wait
        }
        try await TestServer.with(script) { server in
            try await EgressFixture.with(rule(server.port, #","speak":["tcp"]"#)) { egress in
                let connection = try await tunnel(egress, "localhost.test:\(server.port)")
                try await connection.channel.setOption(.autoRead, value: false).get()
                connection.send("last\n")
                connection.endOutput()
                try await Task.sleep(for: .milliseconds(300))
                try await connection.channel.setOption(.autoRead, value: true).get()
                let text = try await connection.end(seconds: 30)
                #expect(text.utf8.count > count)
            }
        }
    }
}
