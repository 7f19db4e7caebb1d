import Core
import Testing

@testable import Platform

struct GovernorRulesTests {
    private let start = GovernorFixture.start

    /// Whether a call gets through; one that does ends at once.
    private func passes(_ state: inout GovernorState, _ call: GovernedCall, at now: GovernorTime) -> Bool {
        do {
            state.ended(try state.admit(call, at: now), CallEnd(.success), at: now)
            return true
        } catch { return false }
    }

    @Test func `a stop holds for every scope, says whose it is, and ends when it is lifted`() throws {
        let lineage = LineageID()
        let call = try GovernorFixture.call(kind: .outbound, target: "evil.example", lineage: lineage)
        let other = try GovernorFixture.call("other", kind: .invocation, target: "good.example")
        let scopes: [GovernorScope] = [
            .kind(.outbound), .function(try GovernorFixture.function("resize")), .target("evil.example"),
            .lineage(lineage),
        ]
        for scope in scopes {
            var state = GovernorState()
            let rule = GovernorFixture.rule(scope, .stop)
            state.set(rule, for: scope, at: start)
            #expect(throws: GovernorRefusal.stopped(rule)) { try state.admit(call, at: start) }
            #expect(passes(&state, other, at: start), "\(scope)")
            #expect(state.lift(scope) == rule)
            #expect(passes(&state, call, at: start))
        }
        var state = GovernorState()
        state.set(GovernorFixture.rule(.everything, .stop), for: .everything, at: start)
        #expect(!passes(&state, call, at: start) && !passes(&state, other, at: start))
    }

    @Test func `a rate is kept over any time, and bursts are no longer than a second's worth`() throws {
        var state = GovernorState()
        let scope = GovernorScope.function(try GovernorFixture.function("resize"))
        state.set(GovernorFixture.rule(scope, .limit(rate: 10, concurrency: nil)), for: scope, at: start)
        var passed = 0
        for step in 0..<10_000 {
            if passes(&state, try GovernorFixture.call(), at: start + .milliseconds(step)) { passed += 1 }
        }
        #expect((109...110).contains(passed))
        let rested = start + .seconds(3600)
        let burst = try (0..<100).filter { _ in passes(&state, try GovernorFixture.call(), at: rested) }.count
        #expect(burst == 10)
        state.set(GovernorFixture.rule(scope, .limit(rate: 0, concurrency: nil)), for: scope, at: rested)
        #expect(!passes(&state, try GovernorFixture.call(), at: rested + .seconds(1000)))
    }

    @Test func `a rate below one a second lets one through now and then`() throws {
        var state = GovernorState()
        state.set(GovernorFixture.rule(.everything, .limit(rate: 0.1, concurrency: nil)), for: .everything, at: start)
        let passed = try (0..<100).filter { passes(&state, try GovernorFixture.call(), at: start + .seconds($0)) }.count
        #expect((10...11).contains(passed))
    }

    @Test func `a limit of concurrency counts what was in flight before it was set`() throws {
        var state = GovernorState()
        let early = try state.admit(try GovernorFixture.call(), at: start)
        let scope = GovernorScope.function(try GovernorFixture.function("resize"))
        let rule = GovernorFixture.rule(scope, .limit(rate: nil, concurrency: 2))
        state.set(rule, for: scope, at: start)
        let second = try state.admit(try GovernorFixture.call(), at: start)
        #expect(throws: GovernorRefusal.overConcurrency(rule)) {
            try state.admit(try GovernorFixture.call(), at: start)
        }
        state.ended(early, CallEnd(.success), at: start)
        let third = try state.admit(try GovernorFixture.call(), at: start)
        #expect(!passes(&state, try GovernorFixture.call(), at: start))
        for ticket in [second, third] { state.ended(ticket, CallEnd(.error), at: start) }
        #expect(passes(&state, try GovernorFixture.call(), at: start))
    }

    @Test func `what one rule refuses is counted by no other`() throws {
        var state = GovernorState()
        let scope = GovernorScope.function(try GovernorFixture.function("resize"))
        state.set(GovernorFixture.rule(.everything, .limit(rate: nil, concurrency: 1)), for: .everything, at: start)
        state.set(GovernorFixture.rule(scope, .stop), for: scope, at: start)
        for _ in 0..<5 { #expect(!passes(&state, try GovernorFixture.call(), at: start)) }
        #expect(passes(&state, try GovernorFixture.call("other", depth: 1), at: start))
        #expect(state.lineages.count == 1, "a refused call begins no lineage")
        #expect(state.table.snapshot(top: 1, at: start).kinds[0].figures.throttles > 0)
    }

    @Test func `a scope's text is read as the scope it is, and nothing else is`() throws {
        let scopes: [GovernorScope] = [
            .everything, .kind(.outbound), .function(try GovernorFixture.function("a-b")),
            .target("api.example.com:443"),
            .target("/with/slashes"), .lineage(LineageID()),
        ]
        for scope in scopes { #expect(GovernorScope(scope.description) == scope) }
        for text in [
            "", "All", "all/", "kind", "kind/", "kind/nothing", "function/a", "function/000000000000/", "target/",
            "function/000000000000/a/b", "lineage/x",
            "target/" + String(repeating: "a", count: GovernorScope.targetLimit + 1),
            "lineage/AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA",
        ] { #expect(GovernorScope(text) == nil, "\(text)") }
    }
}
