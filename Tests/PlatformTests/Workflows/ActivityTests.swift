import Core
import StatesLanguage
import TestSupport
import Testing

@testable import Platform

/// Activities: tasks that workers ask for.
struct ActivityTests {
    private static func machine(_ workflows: Workflows, _ more: String) async throws {
        let arn = workflows.activities.arn(try WorkflowName("work"))
        _ = try await WorkflowFixture.machine(
            workflows,
            #"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"\#(arn)",\#(more)"End":true}}}"#)
    }

    @Test func `a task waits for a worker, which has to be heard of from then on`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        let name = try WorkflowName("work")
        _ = try await workflows.activities.create(name, encryption: nil, tags: [:])
        try await Self.machine(workflows, #""HeartbeatSeconds":5,"TimeoutSeconds":100,"#)
        _ = try await workflows.start(WorkflowFixture.start("one", #"{"n":1}"#))
        let id = try WorkflowFixture.id("one")
        fixture.clock.advance(milliseconds: 50_000)
        while await workflows.fireDue() == .fired {}
        #expect(try await workflows.describe(id).record.status == .running)
        let task = try #require(try await workflows.task(of: name, worker: "me", waiting: .zero))
        #expect(task.input == #"{"n":1}"#)
        #expect(workflows.tokens?.task(task.token)?.execution == id)
        #expect(try await workflows.task(of: name, worker: "me", waiting: .zero) == nil)
        fixture.clock.advance(milliseconds: 6_000)
        while await workflows.fireDue() == .fired {}
        let described = try await workflows.describe(id)
        #expect(described.record.status == .failed && described.error == ErrorName.timeout)
        let history = try await fixture.history(id)
        #expect(history.contains { $0.type == "ActivityStarted" && $0.details["workerName"] == "me" })
    }

    @Test func `a task that nobody asks for runs out of time, and is not handed out then`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        let name = try WorkflowName("work")
        _ = try await workflows.activities.create(name, encryption: nil, tags: [:])
        try await Self.machine(workflows, #""TimeoutSeconds":10,"#)
        _ = try await workflows.start(WorkflowFixture.start("one"))
        fixture.clock.advance(milliseconds: 11_000)
        while await workflows.fireDue() == .fired {}
        #expect(try await workflows.describe(WorkflowFixture.id("one")).error == ErrorName.timeout)
        #expect(try await workflows.task(of: name, worker: nil, waiting: .zero) == nil)
    }

    @Test func `an activity is made once, listed, tagged and taken away`() async throws {
        let activities = try await WorkflowFixture().server().activities
        let name = try WorkflowName("work")
        let made = try await activities.create(name, encryption: nil, tags: ["a": "1"])
        #expect(try await activities.create(name, encryption: nil, tags: [:]) == made)
        await #expect(throws: WorkflowError.declined(.activityExists("work"))) {
            try await activities.create(name, encryption: "{}", tags: [:])
        }
        try await activities.changeTags(of: name) { $0["b"] = "2" }
        #expect(try await activities.activity(name).tags == ["a": "1", "b": "2"])
        #expect(try await activities.list(after: nil, limit: 10).activities.map(\.name) == [name])
        try await activities.delete(name)
        try await activities.delete(name)
        await #expect(throws: WorkflowError.self) { try await activities.activity(name) }
    }
}
