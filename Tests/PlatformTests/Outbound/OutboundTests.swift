import Core
import Egress
import Storage
import Synchronization
import Testing
import Vault

@testable import Platform

@Suite struct OutboundTests {
    private func outbound(_ store: any Store = MemoryStore()) -> Outbound {
        Outbound(account: .standard, region: .standard, store: store)
    }

    @Test func `scopes are read as they are written`() throws {
        for text in ["account", "function:resize"] { #expect(OutboundScope(text)?.description == text) }
        for text in ["", "function:", "function:a b", "Account", "function:../x", "role:x"] {
            #expect(OutboundScope(text) == nil, "\(text)")
        }
    }

    @Test func `rules are kept, are in force after a restart, and are gone when they are removed`() async throws {
        let store = MemoryStore()
        let scope = try #require(OutboundScope("function:resize"))
        let rules = #"[{"host":"api.example.com","ports":[443],"speak":["tls"]}]"#
        try await outbound(store).set(rules, for: scope)
        let again = outbound(store)
        #expect(try await again.restore() == [])
        #expect(try await again.text(of: scope) == rules)
        #expect(try await again.scopes() == [scope])
        try await again.remove(scope)
        #expect(try await again.scopes() == [])
        await #expect(throws: Outbound.Failure.self) { try await again.remove(scope) }
    }

    @Test func `what one function uses is counted on when its rules change, and never with another's`() async throws {
        let outbound = outbound()
        let (resize, other) = (try FunctionName("resize"), try FunctionName("other"))
        try await outbound.set("[]", for: .function(resize))
        let before = try #require(outbound.policies.caller(resize))
        try await outbound.set(#"{"limits":{"connections":3}}"#, for: .function(resize))
        let after = try #require(outbound.policies.caller(resize))
        #expect(after.usage === before.usage && after.policy.limits.connections == 3)
        #expect(outbound.policies.caller(other)?.usage !== after.usage)
    }

    @Test func `what topics use is counted for each host by itself`() throws {
        let policies = OutboundPolicies(account: .standard, region: .standard)
        func usage(_ url: String, _ name: String) throws -> EgressUsage {
            let address = try #require(WebAddress(url))
            return try policies.hostCaller(for: address, "POST", in: .topics, as: name).usage
        }
        let slow = try usage("https://slow.example/a", "one")
        #expect(try usage("https://slow.example/b", "two") === slow)
        #expect(try usage("https://quick.example/a", "one") !== slow)
    }

    @Test func `services add up with the account's, and must lead where a rule allows`() async throws {
        let changes = Mutex(0)
        let outbound = Outbound(account: .standard, region: .standard, store: MemoryStore()) {
            changes.withLock { $0 += 1 }
        }
        let orders = try FunctionName("orders")
        let rule = #"{"host":"db.example","ports":[5432],"speak":["tcp"]}"#
        let service = #"{"listen":5432,"target":"db.example:5432"}"#
        await #expect(throws: Outbound.Failure.self) {
            try await outbound.set(#"{"services":[\#(service)]}"#, for: .function(orders))
        }
        try await outbound.set(#"{"rules":[\#(rule)],"services":[\#(service)]}"#, for: .account)
        let own = service.replacing("}", with: #","name":"own"}"#)
        let another = service.replacing("{\"listen\":5432", with: "{\"listen\":7000")
        try await outbound.set(#"{"services":[\#(another),\#(own)]}"#, for: .function(orders))
        let services = try #require(outbound.policies.caller(orders)?.policy.services)
        #expect(Set(services.keys.map(\.number)) == [5432, 7000])
        #expect(services.values.contains { $0.name == "own" && $0.listen.number == 5432 })
        let many = (0..<16).map { #"{"listen":\#(8000 + $0),"target":"db.example:5432"}"# }.joined(separator: ",")
        await #expect(throws: Outbound.Failure.self) {
            try await outbound.set(#"{"rules":[\#(rule)],"services":[\#(many)]}"#, for: .account)
        }
        #expect(changes.withLock { $0 } == 2)
    }

    @Test(arguments: [
        "", "{", "7", #"{"rule":[]}"#, #"[{"host":"a b"}]"#, #"[{"host":"x.example","nope":1}]"#,
        #"{"limits":{"connections":0}}"#, #"[{"host":"x.example","headers":{"A":"{{secret:T}}"}}]"#,
    ])
    func `what are no rules is refused, and changes nothing`(_ text: String) async throws {
        let outbound = outbound()
        await #expect(throws: Outbound.Failure.self) { try await outbound.set(text, for: .account) }
        #expect(try await outbound.scopes() == [])
    }

    @Test func `a secret can be used, replaced and deleted, and lies sealed`() async throws {
        let store = MemoryStore()
        let secrets = Secrets(account: .standard, store: store, keys: Keys(store: store, root: RootKey()))
        try await secrets.put("team/TOKEN", Array("hunter2-hunter2".utf8))
        let record = try await store.get(
            Partition(account: .standard), RecordKey(kind: "secret", id: "team/TOKEN"))
        #expect(String(decoding: record?.value ?? [], as: UTF8.self).contains("hunter2") == false)
        #expect(try await secrets.lease("team/TOKEN") == Array("hunter2-hunter2".utf8))
        try await secrets.put("team/TOKEN", [1, 2, 3])
        #expect(try await secrets.lease("team/TOKEN") == [1, 2, 3])
        #expect(try await secrets.names() == ["team/TOKEN"])
        try await secrets.delete("team/TOKEN")
        await #expect(throws: SecretError.missing("team/TOKEN")) { try await secrets.lease("team/TOKEN") }
        await #expect(throws: SecretError.badName("a b")) { try await secrets.put("a b", [1]) }
        await #expect(throws: SecretError.tooLarge(limit: Secrets.limit)) {
            try await secrets.put("a", [UInt8](repeating: 0, count: Secrets.limit + 1))
        }
    }
}
