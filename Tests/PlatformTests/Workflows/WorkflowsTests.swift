import Core
import StatesLanguage
import Storage
import TestSupport
import Testing

@testable import Platform

struct WorkflowsTests {
    private static let definition = """
        {"StartAt": "Wait", "States": {
          "Wait": {"Type": "Wait", "Seconds": 2, "Next": "Both"},
          "Both": {"Type": "Parallel", "Next": "Random", "Branches": [
            {"StartAt": "Left", "States": {"Left": {
              "Type": "Task", "Resource": "\(WorkflowFixture.function)", "TimeoutSeconds": 100, "End": true}}},
            {"StartAt": "Right", "States": {"Right": {
              "Type": "Task", "Resource": "\(WorkflowFixture.function)", "Retry": [{"ErrorEquals": ["Odd"]}],
              "End": true}}}]},
          "Random": {"Type": "Pass", "QueryLanguage": "JSONata", "End": true,
            "Output": "{% {'given': $states.input, 'same': $uuid() = $states.input.x} %}"}}}
        """

    @Test func `an execution goes from state to state, and its history says so`() async throws {
        let fixture = WorkflowFixture { call, attempt in
            call.order.state == "Right" && attempt == 1 ? .failed(error: "Odd", cause: nil) : .succeeded("done")
        }
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        #expect(try await fixture.settle(workflows, id) == .succeeded)
        #expect(try await workflows.describe(id).output == #"{"given":["done","done"],"same":false}"#)
        let history = try await fixture.history(id)
        #expect(history.map(\.id) == Array(1...history.count))
        #expect(history.count(where: { $0.type == "LambdaFunctionStarted" }) == 3)
        #expect(fixture.tasks.begun == ["Left": 1, "Right": 2])
    }

    @Test func `what a report of the platform has caused stays so in an execution, one call further`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        let cause = Descent(depth: 3, isReport: true)
        let id = try WorkflowFixture.id("one")
        _ = try await workflows.start(
            Workflows.Start(machine: id.machine, name: id.name, input: "{}", descent: cause, trace: TraceContext()))
        let descent = try await workflows.describe(id).record.descent
        #expect(descent.isReport && descent.depth == 4 && descent.lineage == cause.lineage)
    }

    @Test func `a server that dies at any commit leaves an execution that ends as it would have`() async throws {
        for keepsLast in [false, true] {
            for commits in 1... {
                let fixture = WorkflowFixture { call, _ in .succeeded(.string(call.order.state)) }
                _ = try await WorkflowFixture.machine(fixture.server(), Self.definition)
                let mortal = MortalStore(fixture.store, commits: commits, keepsLast: keepsLast)
                let first = try await fixture.server(on: mortal)
                // It dies somewhere in all of this.
                _ = try? await first.start(WorkflowFixture.start("one"))
                let id = try WorkflowFixture.id("one")
                _ = try? await fixture.settle(first, id)
                // The leases of who is gone run out.
                fixture.clock.advance(milliseconds: 2_000_000)
                let second = try await fixture.server()
                do { _ = try await second.start(WorkflowFixture.start("one")) } catch WorkflowError.executionExists {}
                let status = try await fixture.settle(second, id)
                let history = try await fixture.history(id)
                // Left may take 100 s, and a dead server holds it for longer.
                guard mortal.isDead else {
                    #expect(status == .succeeded)
                    break
                }
                let isLate = history.contains { $0.type == "LambdaFunctionTimedOut" }
                #expect(status == (isLate ? .failed : .succeeded), "after \(commits) commits")
                let said = history.count { $0.type == "LambdaFunctionStarted" }
                #expect(fixture.tasks.begun.values.reduce(0, +) <= said, "after \(commits) commits")
                #expect(history.map(\.id) == Array(1...history.count))
            }
        }
    }

    @Test func `a replay sees the same random numbers`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        let definition = """
            {"StartAt": "A", "QueryLanguage": "JSONata", "States": {
              "A": {"Type": "Pass", "Assign": {"id": "{% $uuid() & $string($random()) %}"}, "Next": "Wait"},
              "Wait": {"Type": "Wait", "Seconds": 1, "Next": "B"},
              "B": {"Type": "Pass", "Output": "{% $id %}", "End": true}}}
            """
        _ = try await WorkflowFixture.machine(workflows, definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        #expect(try await fixture.settle(fixture.server(), id) == .succeeded)
        let assigned = try await fixture.history(id).compactMap { $0.details["assignedVariables"]?["id"]?.string }
        #expect(try await workflows.describe(id).output == assigned.first)
    }

    @Test func `the same name is the same execution, as long as it runs`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(
            workflows, #"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}"#)
        let first = try await workflows.start(WorkflowFixture.start("one", #"{"a": 1}"#))
        fixture.clock.advance(milliseconds: 1000)
        #expect(try await workflows.start(WorkflowFixture.start("one", #"{ "a" : 1 }"#)) == first)
        let exists = WorkflowError.executionExists(try WorkflowFixture.id("one"))
        await #expect(throws: exists) { try await workflows.start(WorkflowFixture.start("one", "2")) }
        #expect(try await fixture.settle(workflows, WorkflowFixture.id("one")) == .succeeded)
        await #expect(throws: exists) { try await workflows.start(WorkflowFixture.start("one", #"{"a": 1}"#)) }
    }

    @Test func `what is stopped waits for nothing more`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        _ = try await workflows.stop(id, error: "Enough", cause: nil)
        #expect(try await workflows.describe(id).error == "Enough")
        let timers = try await fixture.store.scan(
            fixture.partition, .kind(WorkflowRecords.timers), after: nil, limit: 9)
        #expect(timers.records.isEmpty)
        #expect(try await fixture.settle(workflows, id) == .aborted)
        #expect(fixture.tasks.begun.isEmpty)
    }

    @Test func `a page of a history is the same from either end`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        let states = (0..<30).map { #""S\#($0)": {"Type": "Pass", "Next": "S\#($0 + 1)"}"# }
        let definition =
            #"{"StartAt": "S0", "States": {\#(states.joined(separator: ", ")), "S30": {"Type": "Succeed"}}}"#
        _ = try await WorkflowFixture.machine(workflows, definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        for isReversed in [false, true] {
            var (ids, token): ([Int], String?) = ([], nil)
            repeat {
                let page = try await workflows.history(of: id, isReversed: isReversed, after: token, limit: 7)
                ids += page.events.map(\.id)
                token = page.next
            } while token != nil
            #expect(ids == (isReversed ? Array((1...64).reversed()) : Array(1...64)))
        }
    }

    @Test func `what belongs to a machine is gone with it`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        try await workflows.delete(WorkflowName("machine"))
        await #expect(throws: WorkflowError.executionMissing(workflows.arn(id).description)) {
            try await workflows.describe(id)
        }
        let log = try await fixture.store.read(
            fixture.partition, Workflows.history(id), from: 0, limit: 1, maxBytes: 100)
        #expect(log.end == 0)
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
    }
}

struct JournalEntryTests {
    private static let entries: [JournalEntry.Event] = [
        .resumed, .occurred(.taskStarted(work: 1)), .occurred(.taskStarted(work: 1, worker: "w")),
        .occurred(.taskSubmitted(work: 2, output: ["a": 1])), .occurred(.taskSucceeded(work: 3, output: "é")),
        .occurred(.taskFailed(work: 4, error: nil, cause: "c")), .occurred(.taskFailed(work: 4, error: "", cause: nil)),
        .occurred(.taskTimedOut(work: 5, error: "States.Timeout", cause: nil)), .occurred(.timerFired(work: 6)),
        .occurred(.mapRunStarted(work: 7, arn: "arn")), .occurred(.mapRunSucceeded(work: 7, output: [])),
        .occurred(.mapRunFailed(work: 7, error: "e", cause: "c")), .occurred(.aborted(error: nil, cause: nil)),
    ]

    @Test(arguments: entries.indices) func `an entry is read as it was written`(index: Int) throws {
        let entry = JournalEntry(Self.entries[index], at: Instant(milliseconds: 1_795_176_000_123))
        let read = try JournalEntry(entry.bytes)
        #expect("\(read)" == "\(entry)")
        for count in 0..<entry.bytes.count {
            #expect(throws: (any Error).self) { try JournalEntry(Array(entry.bytes.prefix(count))) }
        }
    }

    @Test func `a token stands for one task, and nobody else can make it`() throws {
        let tokens = TaskTokens(key: Array(0..<32))
        let id = try WorkflowFixture.id("one")
        let token = tokens.token(id, work: 7)
        #expect(tokens.task(token)?.execution == id && tokens.task(token)?.work == 7)
        #expect(tokens.token(id, work: 7) == token)
        #expect(TaskTokens(key: Array(1..<33)).task(token) == nil)
        for place in token.indices {
            var changed = token
            changed.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
            #expect(tokens.task(changed) == nil)
        }
    }
}
