import Core
import StatesLanguage
import TestSupport
import Testing

@testable import Platform

/// Executions that go on after they have ended without success.
struct RedriveTests {
    private static let definition = """
        {"StartAt":"First","States":{"First":{"Type":"Task","Resource":"\(WorkflowFixture.function)","Next":"Second"},
        "Second":{"Type":"Task","Resource":"\(WorkflowFixture.function)","End":true}}}
        """

    @Test func `a failed execution goes on from what failed, on another server too`() async throws {
        let fixture = WorkflowFixture { call, attempt in
            call.order.state == "Second" && attempt == 1 ? .failed(error: "Odd", cause: nil) : .succeeded("done")
        }
        let first = try await fixture.server()
        _ = try await WorkflowFixture.machine(first, Self.definition)
        _ = try await first.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        #expect(try await fixture.settle(first, id) == .failed)
        let second = try await fixture.server()
        fixture.clock.advance(milliseconds: 1_000)
        let redriven = try await second.redrive(id)
        #expect(try await second.describe(id).record.status == .running)
        // A third server replays the redrive.
        let third = try await fixture.server()
        #expect(try await fixture.settle(third, id) == .succeeded)
        #expect(fixture.tasks.begun == ["First": 1, "Second": 2])
        let record = try await third.describe(id).record
        #expect(record.redrives == 1 && record.redriven == redriven)
        let history = try await fixture.history(id)
        #expect(history.map(\.id) == Array(1...history.count))
        #expect(history.count { $0.type == "ExecutionRedriven" } == 1)
        await #expect(throws: WorkflowError.notRedrivable(id, .status(.succeeded))) { try await third.redrive(id) }
    }

    @Test func `one that ended long ago, or runs, is not redriven`() async throws {
        let fixture = WorkflowFixture { _, _ in .failed(error: "Odd", cause: nil) }
        let workflows = try await fixture.server()
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        let id = try WorkflowFixture.id("one")
        await #expect(throws: WorkflowError.notRedrivable(id, .status(.running))) { try await workflows.redrive(id) }
        #expect(try await fixture.settle(workflows, id) == .failed)
        fixture.clock.advance(milliseconds: 15 * 86_400_000)
        await #expect(throws: WorkflowError.notRedrivable(id, .tooLongAgo)) { try await workflows.redrive(id) }
    }

    @Test(arguments: [
        JournalEntry.Event.redriven, .occurred(.mapRunRedriven(work: 7, arn: "run", count: 3)),
    ])
    func `a redrive is kept and read again`(event: JournalEntry.Event) throws {
        let entry = JournalEntry(event, at: Instant(milliseconds: 5))
        #expect(try JournalEntry(entry.bytes).bytes == entry.bytes)
        #expect(try JournalEntry(entry.bytes).time == entry.time)
    }
}
