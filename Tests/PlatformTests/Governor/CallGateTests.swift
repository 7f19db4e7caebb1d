import Core
import NIOCore
import NIOPosix
import Storage
import Testing
import Vault

@testable import Platform

struct CallGateTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private struct Fixture {
        let gate: CallGate
        let governor: Governor

        func call(_ name: String = "orders", _ kind: CallKind = .queue) -> GovernedCall {
            GovernedCall(kind, name, descent: Descent())
        }

        /// What became of a call: `done`, or the code of the refusal.
        func pass(_ call: GovernedCall) async throws -> String {
            do { return try await gate.pass(call) { "done" } } catch let refusal as GovernorRefusal {
                return refusal.code
            }
        }

        /// The row of a target, once it counts so many calls.
        func figures(of target: String, calls: Int) async throws -> CallFigures? {
            for _ in 0..<1000 {
                let rows = await governor.snapshot(top: 100).targets
                if let row = rows.first(where: { $0.target == target })?.figures,
                    Int((row.calls * 10).rounded()) >= calls, row.inFlight == 0
                {
                    return row
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            return nil
        }
    }

    private func with(_ body: (Fixture) async throws -> Void) async throws {
        let store = MemoryStore()
        let keys = Keys(store: store, root: RootKey())
        try await AuditFixture.withFolder { folder in
            let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
            // A clock that stands still, so that no window of the table passes.
            let now = GovernorTime(nanoseconds: 15_000_000_000)
            let governor = Governor(
                eventLoop: loop, account: .standard, store: store, keys: keys, audit: audit, clock: { now })
            let gate = CallGate(governor: governor, clock: { now })
            await governor.watch { scope, rule, _ in gate.ruled(scope, rule) }
            try await body(Fixture(gate: gate, governor: governor))
            await audit.close()
        }
    }

    @Test func `what no rule is about begins at once, and is counted`() async throws {
        try await with { (fixture: Fixture) async throws in
            for _ in 0..<20 { #expect(try await fixture.pass(fixture.call()) == "done") }
            fixture.gate.passed(fixture.call("alerts", .topic))
            #expect(try await fixture.figures(of: "queue/orders", calls: 20) != nil)
            #expect(try await fixture.figures(of: "topic/alerts", calls: 1) != nil)
        }
    }

    @Test(arguments: [GovernorScope.everything, .kind(.queue), .target("queue/orders")])
    func `a stop holds from the moment it is given until it is lifted`(scope: GovernorScope) async throws {
        try await with { (fixture: Fixture) async throws in
            try await fixture.governor.stop(scope, by: "arn:ada")
            #expect(try await fixture.pass(fixture.call()) == "GovernorStopped")
            #expect(fixture.gate.stop(of: fixture.call()) != nil)
            let other = try await fixture.pass(fixture.call("other", .bus))
            #expect(other == (scope == .everything ? "GovernorStopped" : "done"))
            try await fixture.governor.lift(scope, by: "arn:ada")
            #expect(try await fixture.pass(fixture.call()) == "done")
            #expect(fixture.gate.stop(of: fixture.call()) == nil)
        }
    }

    @Test func `where there is a limit the governor is asked, and what ends gives its room back`() async throws {
        try await with { (fixture: Fixture) async throws in
            try await fixture.governor.limit(.target("queue/orders"), rate: nil, concurrency: 1, by: "arn:ada")
            for _ in 0..<3 { #expect(try await fixture.pass(fixture.call()) == "done") }
            let inner = try await fixture.gate.pass(fixture.call()) { try await fixture.pass(fixture.call()) }
            #expect(inner == "GovernorConcurrencyLimitExceeded")
            #expect(try await fixture.pass(fixture.call()) == "done")
            #expect(fixture.gate.stop(of: fixture.call()) == nil, "a limit stands in the way of what can wait")
        }
    }

    @Test func `messages use up nobody's budget`() async throws {
        try await with { (fixture: Fixture) async throws in
            var budget = await fixture.governor.budget(for: nil)
            budget.calls = 2
            try await fixture.governor.setBudget(budget, for: nil, by: "arn:ada")
            let call = fixture.call()
            for _ in 0..<10 { #expect(try await fixture.pass(call) == "done") }
            #expect(try await fixture.figures(of: "queue/orders", calls: 10) != nil)
        }
    }
}
