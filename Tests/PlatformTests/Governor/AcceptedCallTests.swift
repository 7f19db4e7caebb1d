import Core
import Testing

@testable import Platform

/// Calls that are accepted now and done later: counted once, and let in or refused at the door.
struct AcceptedCallTests {
    private let start = GovernorFixture.start
    private let lineage = LineageID()

    private func call(_ depth: Int = 0, wasAccepted: Bool = false) throws -> GovernedCall {
        GovernedCall(
            kind: .event, function: try GovernorFixture.function("resize"),
            descent: Descent(lineage: lineage, depth: depth), wasAccepted: wasAccepted)
    }

    private func state(_ change: (inout LineageBudget) -> Void) -> GovernorState {
        var state = GovernorState()
        var budget = LineageBudget()
        change(&budget)
        state.set(budget, for: nil)
        return state
    }

    private func item(_ body: () throws(GovernorRefusal) -> Void) -> LineageBudget.Item? {
        do throws(GovernorRefusal) {
            try body()
            return nil
        } catch .overBudget(let item, _, _) { return item } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test func `a call counts when it is accepted, and not once more when it begins`() throws {
        var state = state { $0.calls = 3 }
        for _ in 0..<3 { try state.accept(call(), at: start) }
        let fourth = try call()
        #expect(item { () throws(GovernorRefusal) in try state.accept(fourth, at: start) } == .calls)
        for _ in 0..<3 {
            state.ended(try state.admit(call(wasAccepted: true), at: start), CallEnd(.success), at: start)
        }
        #expect(state.lineages.use(lineage)?.calls == 3)
        let retry = try call()
        #expect(
            item { () throws(GovernorRefusal) in _ = try state.admit(retry, at: start) } == .calls,
            "a call that is tried once more is one more")
    }

    @Test func `what is accepted takes up no branch, but may not be too deep`() throws {
        var state = state { budget in
            budget.branches = 1
            budget.depth = 2
        }
        let running = try state.admit(call(), at: start)
        try state.accept(call(2), at: start)
        let (next, deep) = (try call(wasAccepted: true), try call(3))
        #expect(item { () throws(GovernorRefusal) in _ = try state.admit(next, at: start) } == .branches)
        #expect(item { () throws(GovernorRefusal) in try state.accept(deep, at: start) } == .depth)
        state.ended(running, CallEnd(.success), at: start)
        _ = try state.admit(next, at: start)
        #expect(state.lineages.use(lineage)?.inFlight == 1)
    }

    @Test func `a call that finds no room uses nothing up, however often it tries`() throws {
        var state = state { $0.calls = 2 }
        for _ in 0..<100 { state.ended(try state.admit(call(), at: start), CallEnd(.throttled), at: start) }
        #expect(state.lineages.use(lineage)?.calls == 0)
        try state.accept(call(), at: start)
        for _ in 0..<100 {
            state.ended(try state.admit(call(wasAccepted: true), at: start), CallEnd(.throttled), at: start)
        }
        #expect(state.lineages.use(lineage)?.calls == 1)
    }

    @Test func `a stop refuses what wants in, a limit lets it in to wait`() throws {
        var state = GovernorState()
        let scope = GovernorScope.function(try GovernorFixture.function("resize"))
        state.set(GovernorFixture.rule(scope, .limit(rate: 0, concurrency: 0)), for: scope, at: start)
        try state.accept(call(), at: start)
        let stop = GovernorFixture.rule(scope, .stop)
        state.set(stop, for: scope, at: start)
        #expect(throws: GovernorRefusal.stopped(stop)) { try state.accept(call(), at: start) }
        #expect(state.lineages.use(lineage)?.calls == 1)
        let figures = state.table.snapshot(top: 1, at: start).functions.first?.figures
        #expect((figures?.throttles ?? 0) > 0 && figures?.inFlight == 0)
    }

    @Test func `the budget is that of the entry, even where all else of the lineage was forgotten`() throws {
        var state = GovernorState()
        var small = LineageBudget()
        (small.depth, small.entry) = (4, "function/000000000000/door")
        let door = try GovernorFixture.function("door")
        state.set(small, for: door)
        let resize = try GovernorFixture.function("resize")
        func below(_ depth: Int) -> GovernedCall {
            GovernedCall(
                kind: .event, function: resize, descent: Descent(lineage: lineage, depth: depth, entry: door))
        }
        #expect(item { () throws(GovernorRefusal) in _ = try state.admit(below(5), at: start) } == .depth)
        _ = try state.admit(below(4), at: start)
    }
}
