import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Egress

struct ServiceTests {
    private func with(
        _ rules: String, target: String, script: @escaping TestServer.Script,
        _ body: @Sendable (TestConnection, EgressFixture.Records, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with(script) { server in
            let port = "\(server.port)"
            var options = EgressFixture.Options()
            options.addresses["db.test"] = [.v4(0x7F00_0001)]
            let records = EgressFixture.Records()
            let surroundings = try EgressFixture.surroundings(options, records)
            let policy = try EgressPolicy(function: EgressRule.list(parsing: rules.replacing("PORT", with: port)))
            let caller = EgressCaller(name: "fn", policy: policy, usage: options.usage)
            let proxy = EgressProxy(surroundings) { caller }
            let service = try EgressService(name: "db", target: target.replacing("PORT", with: port))
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { proxy.initialize($0, for: service) }
                .bind(host: "127.0.0.1", port: 0).get()
            let connection = try await TestConnection.open(port: listener.localAddress?.port ?? 0)
            try await body(connection, records, server)
            try await listener.close()
        }
    }

    @Test func `a declared service is reached through the sandbox's own socket`() async throws {
        let rule = #"[{"host":"db.test","speak":["tcp"],"ports":[PORT],"addresses":["127.0.0.0/8"]}]"#
        let script: TestServer.Script = { $0.hasSuffix("\n") ? .send("row\n") : .wait }
        try await with(rule, target: "db.test:PORT", script: script) { connection, records, server in
            connection.send("select\n")
            try await connection.wait { $0 == "row\n" }
            connection.endOutput()
            _ = try await connection.end()
            let record = try #require(try await records.wait(for: 1).first)
            #expect(record.way == .service && record.outcome == .passed && record.bytesOut == 7 && record.bytesIn == 4)
        }
    }

    @Test func `a service that no rule allows to be spoken to plainly is not connected`() async throws {
        let rules = [
            #"[]"#, #"[{"host":"db.test","ports":[PORT],"addresses":["127.0.0.1"]}]"#,
            #"[{"host":"db.test","speak":["tcp"],"ports":[PORT]}]"#,
            #"[{"host":"db.test","speak":["tcp"],"ports":[1],"addresses":["127.0.0.1"]}]"#,
        ]
        for rule in rules {
            try await with(rule, target: "db.test:PORT", script: { _ in .send("no") }) { connection, records, server in
                #expect(try await connection.end() == "" && server.connections == 0)
                guard case .refused = try await records.wait(for: 1).first?.outcome else {
                    Issue.record("\(rule) refuses nothing")
                    return
                }
            }
        }
    }

    @Test func `a service has a host and a port`() {
        for target in ["db", "db:0", "127.1:5", "u@db:5", ":5", ""] {
            #expect(throws: TargetError.self) { try EgressService(name: "x", target: target) }
        }
    }
}
