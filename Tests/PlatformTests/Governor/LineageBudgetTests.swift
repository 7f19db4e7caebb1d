import Core
import Testing

@testable import Platform

struct LineageBudgetTests {
    private let start = GovernorFixture.start

    private func state(_ change: (inout LineageBudget) -> Void, limit: Int = 1000) -> GovernorState {
        var state = GovernorState(lineages: limit)
        var budget = LineageBudget()
        budget.setBy = "arn:ada"
        change(&budget)
        state.set(budget, for: nil)
        return state
    }

    /// What a call is refused for; `nil` if it gets through, and then it ends after a while.
    private func refusal(
        _ state: inout GovernorState, _ call: GovernedCall, _ end: CallEnd = CallEnd(.success),
        lasting: Duration = .zero,
        at now: GovernorTime
    ) -> LineageBudget.Item? {
        do {
            let ticket = try state.admit(call, at: now)
            state.ended(ticket, end, at: now + lasting)
            return nil
        } catch .overBudget(let item, let budget, let lineage) {
            #expect(budget.setBy == "arn:ada" && lineage == call.lineage)
            return item
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test func `each budget refuses the call after it is used up, and only in its lineage`() throws {
        let lineage = LineageID()
        let call = try GovernorFixture.call(lineage: lineage)
        var calls = state { $0.calls = 3 }
        for _ in 0..<3 { #expect(refusal(&calls, call, at: start) == nil) }
        #expect(refusal(&calls, call, at: start) == .calls)
        #expect(refusal(&calls, try GovernorFixture.call(), at: start) == nil)

        var depth = state { $0.depth = 2 }
        for deep in 0...2 {
            #expect(refusal(&depth, try GovernorFixture.call(lineage: lineage, depth: deep), at: start) == nil)
        }
        #expect(refusal(&depth, try GovernorFixture.call(lineage: lineage, depth: 3), at: start) == .depth)

        var branches = state { $0.branches = 2 }
        let first = try branches.admit(call, at: start)
        _ = try branches.admit(call, at: start)
        #expect(refusal(&branches, call, at: start) == .branches)
        branches.ended(first, CallEnd(.success), at: start)
        #expect(refusal(&branches, call, at: start) == nil)

        var memory = state { $0.gigabyteSeconds = 10 }
        let end = CallEnd(.success, megabytes: 512)
        #expect(refusal(&memory, call, end, lasting: .seconds(19), at: start) == nil)
        #expect(refusal(&memory, call, end, lasting: .seconds(2), at: start) == nil)
        #expect(refusal(&memory, call, end, at: start) == .memoryTime)

        var egress = state { $0.egressBytes = 1000 }
        #expect(refusal(&egress, call, CallEnd(.success, egressBytes: 999), at: start) == nil)
        let exact = egress.charge(lineage, egressBytes: 1, at: start)
        #expect(exact == nil, "what was begun may use up the budget to its end")
        #expect(refusal(&egress, call, at: start) == .egressBytes)

        guard case .overBudget(.egressBytes, _, lineage)? = egress.charge(lineage, egressBytes: 1, at: start) else {
            Issue.record("what is beyond it ends the call that goes on")
            return
        }

        var time = state { $0.seconds = 60 }
        let caused = try GovernorFixture.call(lineage: lineage, depth: 1)
        for second in [0, 60] { #expect(refusal(&time, caused, at: start + .seconds(second)) == nil) }
        #expect(refusal(&time, caused, at: start + .seconds(62)) == .time)
    }

    @Test func `the budget of a lineage is that of the function it began with`() throws {
        var state = state { $0.calls = 100 }
        var small = LineageBudget()
        (small.calls, small.setBy, small.entry) = (1, "arn:ada", "function/000000000000/door")
        state.set(small, for: try GovernorFixture.function("door"))
        let lineage = LineageID()
        #expect(refusal(&state, try GovernorFixture.call("door", lineage: lineage), at: start) == nil)
        #expect(refusal(&state, try GovernorFixture.call("inner", lineage: lineage, depth: 1), at: start) == .calls)
        #expect(refusal(&state, try GovernorFixture.call("inner"), at: start) == nil)
    }

    @Test func `a function that calls itself is ended, slowly or fast, awaited or not`() throws {
        for pause in [Duration.zero, .seconds(70), .seconds(100_000)] {
            // Every call begins one more when it has ended, so that between the two nothing is in flight.
            var state = GovernorState()
            let lineage = LineageID()
            var (now, depth) = (start, 0)
            while begins(&state, lineage, depth, now) {
                depth += 1
                now = now + pause
                state.tick(at: now)
                if depth > 1000 { break }
            }
            #expect(depth == LineageBudget().depth + 1, "with a pause of \(pause)")
        }
    }

    private func begins(_ state: inout GovernorState, _ lineage: LineageID, _ depth: Int, _ now: GovernorTime) -> Bool {
        do {
            let call = try GovernorFixture.call(lineage: lineage, depth: depth)
            state.ended(try state.admit(call, at: now), CallEnd(.success), at: now)
            return true
        } catch { return false }
    }

    @Test func `a tree of calls that doubles is ended by its calls, even if others flood the table`() throws {
        var state = GovernorState(lineages: 64)
        let lineage = LineageID()
        var passed = 0
        var waiting = [1]
        let now = start
        while let depth = waiting.popLast(), passed < 300_000 {
            guard begins(&state, lineage, depth, now) else { continue }
            passed += 1
            waiting += [depth + 1, depth + 1]
            // Somebody outside tries to push the lineage out.
            if passed.isMultiple(of: 100) { _ = begins(&state, LineageID(), 1, now) }
        }
        #expect(passed <= LineageBudget().calls)
    }

    @Test func `what is in flight is never forgotten: without room new lineages are refused`() throws {
        var state = GovernorState(lineages: 10)
        var tickets: [CallTicket] = []
        for _ in 0..<10 { tickets.append(try state.admit(try GovernorFixture.call(), at: start)) }
        let much = start + .seconds(1_000_000)
        #expect(throws: GovernorRefusal.tooManyLineages(limit: 10)) {
            try state.admit(try GovernorFixture.call(), at: much)
        }
        state.ended(tickets[3], CallEnd(.success), at: much)
        _ = try state.admit(try GovernorFixture.call(), at: much)
        #expect(state.lineages.use(tickets[3].call.lineage) == nil && state.lineages.count == 10)
    }

    @Test func `where there is no room, a light lineage at rest goes before a heavy one`() throws {
        var state = state({ $0.calls = 500 }, limit: 3)
        let (heavy, light) = (LineageID(), LineageID())
        for _ in 0..<6 {
            #expect(refusal(&state, try GovernorFixture.call(lineage: heavy, depth: 1), at: start) == nil)
        }
        #expect(refusal(&state, try GovernorFixture.call(lineage: light, depth: 1), at: start + .seconds(1)) == nil)
        let busy = try state.admit(try GovernorFixture.call(depth: 1), at: start)
        for _ in 0..<100 {
            #expect(refusal(&state, try GovernorFixture.call(depth: 1), at: start + .seconds(2)) == nil)
        }
        #expect(state.lineages.use(heavy)?.calls == 6 && state.lineages.use(light) == nil)
        #expect(state.lineages.use(busy.call.lineage) != nil && state.lineages.count == 3)
    }

    @Test func `a call from outside that caused nothing is forgotten with its end, no other is`() throws {
        var state = GovernorState()
        #expect(refusal(&state, try GovernorFixture.call(), at: start) == nil)
        #expect(state.lineages.count == 0)
        let (failed, parent) = (try GovernorFixture.call(), try GovernorFixture.call())
        #expect(refusal(&state, failed, CallEnd(.error), at: start) == nil)
        #expect(state.lineages.use(failed.lineage)?.calls == 1)
        let ticket = try state.admit(parent, at: start)
        let child = try GovernorFixture.call(lineage: parent.lineage, depth: 1)
        #expect(refusal(&state, child, at: start) == nil)
        state.ended(ticket, CallEnd(.success), at: start)
        #expect(state.lineages.use(parent.lineage)?.calls == 2)
        #expect(refusal(&state, try GovernorFixture.call(depth: 1), at: start) == nil)
        #expect(state.lineages.count == 3)
    }

    @Test func `light lineages are forgotten after a minute, heavy ones after a day`() throws {
        var state = state { $0.calls = 500 }
        let heavy = LineageID()
        for _ in 0..<6 {
            #expect(refusal(&state, try GovernorFixture.call(lineage: heavy, depth: 1), at: start) == nil)
        }
        for _ in 0..<500 { #expect(refusal(&state, try GovernorFixture.call(depth: 1), at: start) == nil) }
        #expect(state.lineages.count == 501)
        state.tick(at: start + .seconds(59))
        #expect(state.lineages.count == 501)
        for second in 60..<70 { state.tick(at: start + .seconds(second)) }
        #expect(state.lineages.count == 1 && state.lineages.use(heavy)?.calls == 6)
        for second in 0..<3 { state.tick(at: start + .seconds(86_400 + second)) }
        #expect(state.lineages.count == 0)
    }
}
