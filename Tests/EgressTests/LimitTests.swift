import NIOCore
import NIOPosix
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
                $0.gate = { attempt, cut, decide in
                    let count = cuts.withLock {
                        $0.append(cut)
                        return $0.count
                    }
                    decide(attempt.caller == "fn" && count == 1 ? .open : .refuse("Not now."))
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

    /// What waits for the governor's word, by the method of the call.
    private final class Undecided: Sendable {
        private let state = Mutex<[String: @Sendable (EgressGate) -> Void]>([:])

        func wait(_ attempt: EgressAttempt, _ decide: @escaping @Sendable (EgressGate) -> Void) {
            state.withLock { $0[attempt.method ?? "CONNECT"] = decide }
        }

        func decide(_ method: String, _ gate: EgressGate) { state.withLock { $0.removeValue(forKey: method) }?(gate) }

        func isComplete(_ count: Int) async throws {
            for _ in 0..<6000 where state.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `nothing leaves before the governor has decided`() async throws {
        let undecided = Undecided()
        try await with(
            { _ in }, more: #","speak":["tcp","http"]"#,
            change: { $0.gate = { attempt, _, decide in undecided.wait(attempt, decide) } }
        ) { egress, port in
            let target = "localhost.test:\(port)"
            var connections: [String: TestConnection] = [:]
            let bodies = ["GET": "\r\n", "POST": "Content-Length: 4\r\n\r\nbody", "PUT": "Content-Length: 4\r\n\r\n"]
            for (method, body) in bodies {
                connections[method] = try await egress.connect()
                connections[method]?.send("\(method) http://\(target)/ HTTP/1.1\r\nHost: \(target)\r\n\(body)")
            }
            let tunnel = try await egress.connect()
            tunnel.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n")
            try await undecided.isComplete(4)
            try await Task.sleep(for: .milliseconds(50))
            #expect(egress.usage.connections == 0 && egress.records.all.isEmpty)
            undecided.decide("POST", .refuse("Too many."))
            undecided.decide("CONNECT", .refuse("Too many."))
            for refused in [try #require(connections["POST"]), tunnel] {
                #expect(try await refused.end().hasPrefix("HTTP/1.1 403 Forbidden\r\nX-Martlet-Egress: gate\r\n"))
            }
            // Who goes away is not asked about any more, and an answer that comes too late does nothing.
            try await connections["PUT"]?.channel.close()
            _ = try await egress.records.wait(for: 3)
            undecided.decide("PUT", .open)
            #expect(egress.usage.connections == 0)
            undecided.decide("GET", .open)
            try await connections["GET"]?.wait { $0.hasSuffix("hello") }
        }
    }

    /// Bytes that a server has got, and those that the governor was told of.
    private final class Meter: Sendable {
        let arrived = Mutex(0)
        private let told = Mutex<(bytes: Int, waiting: [@Sendable () -> Void], isPaid: Bool)>((0, [], false))

        var bytes: Int { told.withLock { $0.bytes } }

        func tell(_ bytes: Int, _ counted: @escaping @Sendable () -> Void) {
            let isPaid = told.withLock { state in
                state.bytes += bytes
                if !state.isPaid { state.waiting.append(counted) }
                return state.isPaid
            }
            if isPaid { counted() }
        }

        func pay() {
            let waiting = told.withLock { state in
                state.isPaid = true
                return state.waiting
            }
            for counted in waiting { counted() }
        }
    }

    private static let bulk = [UInt8](repeating: 0x78, count: 8 << 20)

    @Test(arguments: ["CONNECT", "POST"])
    func `bytes are charged as they leave, and few leave that are not counted`(_ method: String) async throws {
        let meter = Meter()
        let script: TestServer.Script = { text in
            meter.arrived.withLock { $0 = text.utf8.count }
            return .wait
        }
        try await with(
            { _ in }, script: script, more: #","speak":["tcp","http"]"#,
            change: { $0.meter = { _, bytes, counted in meter.tell(bytes, counted) } }
        ) { egress, port in
            let target = "localhost.test:\(port)"
            let connection = try await egress.connect()
            if method == "CONNECT" {
                connection.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n")
                try await connection.wait { $0.hasPrefix("HTTP/1.1 200") }
            } else {
                let length = "Content-Length: \(Self.bulk.count)"
                connection.send("POST http://\(target)/ HTTP/1.1\r\nHost: \(target)\r\n\(length)\r\n\r\n")
            }
            connection.send(Self.bulk)
            for _ in 0..<6000 where meter.arrived.withLock({ $0 }) < 1 << 20 {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await Task.sleep(for: .milliseconds(100))
            let (arrived, told) = (meter.arrived.withLock { $0 }, meter.bytes)
            #expect(arrived >= 1 << 20 && arrived <= (1 << 20) + (256 << 10), "\(arrived)")
            #expect(told >= 1 << 20 && told <= (1 << 20) + (256 << 10), "\(told) of \(arrived)")
            meter.pay()
            for _ in 0..<6000 where meter.arrived.withLock({ $0 }) < Self.bulk.count {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(meter.arrived.withLock { $0 } >= Self.bulk.count)
        }
    }

    /// Counts what comes on one connection, which a test answers.
    private final class Listener: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let state = Mutex<(channel: (any Channel)?, bytes: Int)>((nil, 0))

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let count = unwrapInboundIn(data).readableBytes
            state.withLock { $0 = (context.channel, $0.bytes + count) }
        }
    }

    @Test(arguments: [true, false])
    func `a request that is whole but for what must be counted first keeps its connection`(
        _ isCounted: Bool
    ) async throws {
        let (meter, listener) = (Meter(), Listener())
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(listener) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let target = "localhost.test:\(server.localAddress?.port ?? 0)"
        let size = EgressCall.window + 1
        try await EgressFixture.with(ForwardingTests.rule(server.localAddress?.port ?? 0)) {
            $0.meter = { _, bytes, counted in meter.tell(bytes, counted) }
        } _: { egress in
            let connection = try await egress.connect()
            connection.send("POST http://\(target)/ HTTP/1.1\r\nHost: \(target)\r\nContent-Length: \(size)\r\n\r\n")
            connection.send([UInt8](repeating: 0x78, count: size))
            for _ in 0..<6000 where listener.state.withLock({ $0.bytes }) <= size {
                try await Task.sleep(for: .milliseconds(5))
            }
            if isCounted { meter.pay() }
            // Once every loop has had its turn the call knows.
            for loop in group.makeIterator() { try await loop.submit {}.get() }
            let channel = try #require(listener.state.withLock { $0.channel })
            try await channel.writeAndFlush(ByteBuffer(string: TestServer.hello))
            let answer = try await connection.wait { $0.hasSuffix("hello") }
            #expect(!answer.contains("Connection: close"))
            let soFar = listener.state.withLock { $0.bytes }
            connection.send("GET http://\(target)/ HTTP/1.1\r\nHost: \(target)\r\n\r\n")
            for _ in 0..<6000 where !connection.isClosed && listener.state.withLock({ $0.bytes }) == soFar {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(!connection.isClosed)
            try await connection.channel.close()
        }
        try await server.close()
    }

    @Test func `a tunnel is cut in its middle when its bytes are used up`() async throws {
        let cut = Mutex<EgressCut?>(nil)
        let meter = Meter()
        try await with(
            { _ in }, script: { _ in .wait }, more: #","speak":["tcp"]"#,
            change: {
                $0.gate = { _, breaker, decide in
                    cut.withLock { $0 = breaker }
                    decide(.open)
                }
                $0.meter = { _, bytes, counted in
                    meter.tell(bytes, counted)
                    if meter.bytes >= 2 << 20 { cut.withLock { $0 }?("Used up.") }
                    meter.pay()
                }
            }
        ) { egress, port in
            let connection = try await egress.connect()
            connection.send("CONNECT localhost.test:\(port) HTTP/1.1\r\nHost: localhost.test\r\n\r\n")
            try await connection.wait { $0.hasPrefix("HTTP/1.1 200") }
            connection.send(Self.bulk)
            let record = try #require(try await egress.records.wait(for: 1).first)
            #expect(record.outcome == .broken(.cut("Used up.")))
            #expect(record.bytesOut >= 2 << 20 && record.bytesOut <= 4 << 20, "\(record.bytesOut)")
        }
    }
}
