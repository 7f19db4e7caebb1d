import Core
import StatesLanguage
import TestSupport
import Testing

@testable import Platform

/// Versions and aliases of state machines, and what is begun by them.
struct VersionTests {
    private static func definition(_ result: String) -> String {
        #"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"\#(result)","End":true}}}"#
    }

    @Test func `a version keeps what it was, and a revision has one number`() async throws {
        let workflows = try await WorkflowFixture().server()
        let (machines, name) = (workflows.machines, try WorkflowName("machine"))
        _ = try await WorkflowFixture.machine(workflows, Self.definition("first"))
        #expect(try await machines.publish(name, description: "d").number == 1)
        #expect(try await machines.publish(name, revision: "INITIAL", description: "").number == 1)
        let changed = try await machines.update(name) { $0.definition = Self.definition("second") }
        #expect(try await machines.publish(name, revision: changed.workflow.shownRevision, description: "").number == 2)
        #expect(try await machines.versions(of: name, after: nil, limit: 10).versions.map(\.number) == [2, 1])
        let (found, version) = try await machines.machine(name, version: 1)
        #expect(found.revision.settings.definition == Self.definition("first") && version.description == "d")
        await #expect(throws: WorkflowError.self) {
            try await machines.publish(name, revision: "other", description: "")
        }
        // A number is not given again.
        try await machines.deleteVersion(2, of: name)
        #expect(try await machines.publish(name, description: "").number == 3)
    }

    @Test func `an alias leads to versions by their weights, and holds them`() async throws {
        let fixture = WorkflowFixture()
        let workflows = try await fixture.server()
        let (machines, name) = (workflows.machines, try WorkflowName("machine"))
        _ = try await WorkflowFixture.machine(workflows, Self.definition("first"))
        _ = try await machines.publish(name, description: "")
        _ = try await machines.update(name) { $0.definition = Self.definition("second") }
        _ = try await machines.publish(name, description: "")
        let alias = try WorkflowName("live")
        _ = try await machines.createAlias(
            alias, of: name, description: "", [.init(version: 1, weight: 30), .init(version: 2, weight: 70)])
        let arn = machines.arn(name, "live").description
        for (draw, expected) in [(0, 1), (29, 1), (30, 2), (99, 2)] {
            #expect(try await machines.target(arn, drawing: draw).version == expected)
        }
        var start = try WorkflowFixture.start("one")
        start.target = try await machines.target(arn, drawing: 0)
        _ = try await workflows.start(start)
        let described = try await workflows.describe(WorkflowFixture.id("one"))
        #expect(described.output == #""first""#)
        #expect(described.record.version == 1 && described.record.alias == alias)
        await #expect(throws: WorkflowError.declined(.versionInUse(aliases: ["live"]))) {
            try await machines.deleteVersion(1, of: name)
        }
        // What belongs to a machine goes with it.
        try await workflows.delete(name)
        await #expect(throws: WorkflowError.self) { try await machines.alias(alias, of: name) }
    }

    @Test(arguments: [
        ([(1, 100)], true), ([(1, 40), (2, 60)], true), ([(1, 99)], false), ([], false), ([(1, 50), (1, 50)], false),
        ([(1, 0), (2, 100)], true), ([(1, -1), (2, 101)], false), ([(1, 20), (2, 20), (3, 60)], false),
    ])
    func `routes are of one or two versions and a hundred together`(routes: [(Int, Int)], fits: Bool) {
        let routes = routes.map { WorkflowAlias.Route(version: $0.0, weight: $0.1) }
        #expect((WorkflowAlias.flaw(in: routes) == nil) == fits)
    }

    @Test(
        arguments: [
            ("m", nil), ("m:1", .version(1)), ("m:999999999", .version(999_999_999)), ("m:live", .alias("live")),
            ("m:01", .alias("01")), ("m:9999999999", .alias("9999999999")),
        ] as [(String, Expected?)])
    func `an ARN names a machine, a version or an alias`(text: String, expected: Expected?) throws {
        let reference = try #require(MachineReference(text[...]))
        switch (expected, reference.qualifier) {
        case (nil, nil): break
        case (.version(let number)?, .version(let found)?): #expect(number == found)
        case (.alias(let name)?, .alias(let found)?): #expect(name == found.text)
        default: Issue.record("\(text): \(reference)")
        }
    }

    enum Expected: Sendable {
        case version(Int)
        case alias(String)
    }

    @Test(arguments: ["", ":", "m:", ":1", "m:1:2", "m:a b"])
    func `what is no name is refused`(text: String) { #expect(MachineReference(text[...]) == nil) }
}
