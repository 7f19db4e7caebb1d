import Core
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Egress

struct ServiceTests {
    /// A service's port inside, and whose it is; the rules may change meanwhile.
    private final class Door: Sendable {
        let connection: TestConnection
        let records: EgressFixture.Records
        let server: TestServer
        private let caller: Mutex<EgressCaller>
        private let service: EgressService

        init(
            _ connection: TestConnection, _ records: EgressFixture.Records, _ server: TestServer,
            _ caller: EgressCaller, _ service: EgressService
        ) {
            self.connection = connection
            self.records = records
            self.server = server
            self.caller = Mutex(caller)
            self.service = service
        }

        var now: EgressCaller { caller.withLock { $0 } }

        func change(rules: String, keepsService: Bool = true) throws {
            let rules = try EgressRule.list(parsing: rules.replacing("PORT", with: "\(server.port)"))
            let policy = try EgressPolicy(function: rules, services: keepsService ? [service] : [])
            caller.withLock { $0 = EgressCaller(name: "fn", policy: policy, usage: $0.usage) }
        }
    }

    private static let rule = #"[{"host":"db.test","speak":["tcp"],"ports":[PORT],"addresses":["127.0.0.0/8"]}]"#
    private static let rows: TestServer.Script = { $0.hasSuffix("\n") ? .send("row\n") : .wait }

    private func with(
        _ rules: String, script: @escaping TestServer.Script, at inside: Port? = Port(5432),
        _ body: @Sendable (Door) async throws -> Void
    ) async throws {
        try await TestServer.with(script) { server in
            var options = EgressFixture.Options()
            options.addresses["db.test"] = [.v4(0x7F00_0001)]
            options.times.head = .milliseconds(80)
            let records = EgressFixture.Records()
            let surroundings = try EgressFixture.surroundings(options, records)
            let service = try EgressService(
                name: "db", listen: try #require(Port(5432)), target: "db.test:\(server.port)")
            let allowed = try EgressRule.list(parsing: rules.replacing("PORT", with: "\(server.port)"))
            let caller = EgressCaller(
                name: "fn", policy: try EgressPolicy(function: allowed, services: [service]), usage: options.usage)
            let late = Mutex<Door?>(nil)
            let proxy = EgressProxy(surroundings) { late.withLock { $0?.now } ?? caller }
            let inside = try #require(inside)
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { proxy.initialize($0, at: inside) }
                .bind(host: "127.0.0.1", port: 0).get()
            let connection = try await TestConnection.open(port: listener.localAddress?.port ?? 0)
            let door = Door(connection, records, server, caller, service)
            late.withLock { $0 = door }
            try await body(door)
            try await listener.close()
        }
    }

    @Test func `a declared service is reached through the sandbox's own socket`() async throws {
        try await with(Self.rule, script: Self.rows) { door in
            door.connection.send("select\n")
            try await door.connection.wait { $0 == "row\n" }
            door.connection.endOutput()
            _ = try await door.connection.end()
            let record = try #require(try await door.records.wait(for: 1).first)
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
            try await with(rule, script: { _ in .send("no") }) { door in
                #expect(try await door.connection.end() == "" && door.server.connections == 0)
                guard case .refused = try await door.records.wait(for: 1).first?.outcome else {
                    Issue.record("\(rule) refuses nothing")
                    return
                }
            }
        }
    }

    @Test func `a port that leads to no service is closed`() async throws {
        try await with(Self.rule, script: { _ in .send("no") }, at: Port(6379)) { door in
            let text = try await door.connection.end()
            let outcome = try await door.records.wait(for: 1).first?.outcome
            #expect(text == "" && door.server.connections == 0 && outcome == .refused(.notAllowed(.host)))
        }
    }

    @Test(arguments: [("[]", true), (ServiceTests.rule, false)])
    func `an open connection ends when its rule or its service is taken away`(
        _ rules: String, _ keepsService: Bool
    ) async throws {
        try await with(Self.rule, script: Self.rows) { door in
            door.connection.send("select\n")
            try await door.connection.wait { $0 == "row\n" }
            try door.change(rules: rules, keepsService: keepsService)
            _ = try await door.connection.end()
            #expect(try await door.records.wait(for: 1).first?.outcome == .broken(.withdrawn))
        }
    }

    @Test func `an open connection goes on when its rule is written anew`() async throws {
        try await with(Self.rule, script: Self.rows) { door in
            door.connection.send("select\n")
            try await door.connection.wait { $0 == "row\n" }
            try door.change(rules: Self.rule.replacing("127.0.0.0/8", with: "127.0.0.1"))
            try await Task.sleep(for: .milliseconds(200))
            door.connection.send("select\n")
            try await door.connection.wait { $0 == "row\nrow\n" }
        }
    }

    @Test func `a service has a host and a port`() throws {
        let inside = try #require(Port(5432))
        for target in ["db", "db:0", "127.1:5", "u@db:5", ":5", ""] {
            #expect(throws: EgressRuleError.badTarget(target)) {
                try EgressService(name: "x", listen: inside, target: target)
            }
        }
    }

    @Test(arguments: [
        (#"{}"#, "services are a list"), (#"[7]"#, "a rule, and the limits, are objects"),
        (#"[{"target":"db:1"}]"#, "listen is missing"), (#"[{"listen":5432}]"#, "target is missing"),
        (#"[{"listen":5432,"target":"db:1","to":1}]"#, "there is no member to"),
        (#"[{"listen":5432,"target":"db:1"},{"listen":5432,"target":"db:2"}]"#, "two services listen at 5432"),
    ])
    func `what is no list of services is refused in words`(_ text: String, _ words: String) throws {
        let json = try JSON(parsing: text)
        let fault = #expect(throws: EgressRuleFault.self) { try EgressService.list(parsing: json) }
        #expect(fault.map { "\($0.reason)" } == words)
    }

    @Test(arguments: [0, 1, 80, 1023, 9001, 9002, 65536, -1])
    func `a service has no port inside that needs rights or is taken`(_ port: Int) throws {
        let json = try JSON(parsing: #"[{"listen":\#(port),"target":"db:1"}]"#)
        let fault = #expect(throws: EgressRuleFault.self) { try EgressService.list(parsing: json) }
        #expect(fault?.reason == .badServicePort("\(port)"))
    }
}
