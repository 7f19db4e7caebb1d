import Core
import StatesLanguage
import Storage
import TestSupport
import Testing

@testable import Platform

/// Runs of distributed maps: what they read, what they write, and what they do again.
struct MapRunTests {
    private static let processor = #"""
        "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{
        "I":{"Type":"Task","Resource":"\#(WorkflowFixture.function)","End":true}}}
        """#

    private static func definition(_ fields: String) -> String {
        #"{"StartAt":"Map","States":{"Map":{"Type":"Map",\#(processor),\#(fields)"End":true}}}"#
    }

    private static func reader(_ key: String, _ configuration: String) -> String {
        #"""
        "ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":\#(configuration),
        "Parameters":{"Bucket":"b","Key":"\#(key)"}},
        """#
    }

    /// Begins an execution, runs its map, and gives what became of it.
    private static func run(
        _ fixture: WorkflowFixture, _ objects: FakeObjects?, _ fields: String, input: String = "{}"
    ) async throws -> (Workflows, Workflows.Described) {
        let workflows = try await fixture.server(objects: objects)
        _ = try await WorkflowFixture.machine(workflows, definition(fields))
        _ = try await workflows.start(WorkflowFixture.start("one", input))
        try await fixture.doRuns(workflows)
        return (workflows, try await workflows.describe(WorkflowFixture.id("one")))
    }

    @Test(arguments: [
        (reader("i.json", #"{"InputType":"JSON"}"#), "[1,2]"),
        (reader("i.jsonl", #"{"InputType":"JSONL","MaxItems":2}"#), #"[{"n":1},{"n":2}]"#),
        (
            reader("i.csv", #"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#),
            #"[{"n":"1","m":"2"},{"n":"3","m":"4"}]"#
        ),
        (
            reader("manifest", #"{"ManifestType":"ATHENA_DATA","InputType":"JSONL"}"#),
            #"[{"n":1},{"n":2},{"n":3},{"n":1},{"n":2},{"n":3}]"#
        ),
        (
            #""ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket":"b","Prefix":"i."}},"#
                + #""ItemSelector":{"k.$":"$$.Map.Item.Value.Key","s.$":"$$.Map.Item.Value.Size"},"#,
            #"[{"k":"i.csv","s":12},{"k":"i.json","s":5},{"k":"i.jsonl","s":24}]"#
        ),
    ])
    func `items are read from objects`(fields: String, output: String) async throws {
        let objects = FakeObjects([
            "i.json": "[1,2]", "i.jsonl": "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", "i.csv": "n,m\n1,2\n3,4\n",
            "manifest": "s3://b/i.jsonl\ns3://b/i.jsonl\n",
        ])
        let (_, found) = try await Self.run(WorkflowFixture(), objects, fields)
        #expect(found.record.status == .succeeded, "\(found.error ?? "") \(found.cause ?? "")")
        #expect(found.output == output)
    }

    @Test(arguments: [
        (reader("missing", "{}"), true, "There is no such"), (reader("i.json", "{}"), false, "no object store"),
        (reader("bad", "{}"), true, "not JSON"),
    ])
    func `what cannot be read fails the map`(fields: String, hasStore: Bool, cause: String) async throws {
        let objects = hasStore ? FakeObjects(["bad": "{"]) : nil
        let (_, found) = try await Self.run(WorkflowFixture(), objects, fields)
        #expect(found.error == ErrorName.itemReaderFailed)
        #expect(found.cause?.lowercased().contains(cause.lowercased()) == true, "\(found.cause ?? "")")
    }

    private static func writer(_ bucket: String) -> String {
        #"""
        "ToleratedFailureCount":1,"ItemsPath":"$.i",
        "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"\#(bucket)","Prefix":"out"}},
        """#
    }

    @Test func `results are written as files with a manifest, whatever became of them`() async throws {
        let fixture = WorkflowFixture { call, _ in
            call.order.arguments == 2 ? .failed(error: "Two", cause: "c") : .succeeded(["got": call.order.arguments])
        }
        let objects = FakeObjects()
        let (workflows, found) = try await Self.run(fixture, objects, Self.writer("b"), input: #"{"i":[1,2,3]}"#)
        #expect(found.record.status == .succeeded, "\(found.error ?? "") \(found.cause ?? "")")
        let output = try JSON(parsing: found.output ?? "")
        let key = try #require(output["ResultWriterDetails"]?["Key"]?.string)
        let folder = key.dropLast("/manifest.json".count)
        #expect(objects.keys == [key, "\(folder)/FAILED_0.json", "\(folder)/SUCCEEDED_0.json"].sorted())
        let failed = try JSON(parsing: objects["\(folder)/FAILED_0.json"] ?? [])
        #expect(failed.array?.compactMap { $0["Error"]?.string } == ["Two"] && failed.array?.first?["Input"] == "2")
        let succeeded = try JSON(parsing: objects["\(folder)/SUCCEEDED_0.json"] ?? [])
        #expect(succeeded.array?.compactMap { $0["Output"]?.string } == [#"{"got":1}"#, #"{"got":3}"#])
        let run = try #require(try await workflows.mapRuns(of: found.id, after: nil, limit: 10).runs.first)
        #expect(run.run.items.written == 3 && run.run.items.failed == 1)
    }

    @Test(arguments: [("closed", true, "not you"), ("b", false, "no object store")])
    func `what cannot be written fails the map`(bucket: String, hasStore: Bool, cause: String) async throws {
        let (_, found) = try await Self.run(
            WorkflowFixture(), hasStore ? FakeObjects() : nil, Self.writer(bucket), input: #"{"i":[1]}"#)
        #expect(found.error == ErrorName.resultWriterFailed && found.cause?.contains(cause) == true)
    }

    @Test func `a redriven map does again what failed in it, with the items that it had`() async throws {
        let fixture = WorkflowFixture { call, attempt in
            call.order.arguments == 2 && attempt <= 3
                ? .failed(error: "Two", cause: nil) : .succeeded(["got": call.order.arguments])
        }
        let objects = FakeObjects(["i.json": "[1,2,3]"])
        let (workflows, found) = try await Self.run(
            fixture, objects, #""MaxConcurrency":1,"# + Self.reader("i.json", "{}"))
        let id = found.id
        #expect(found.error == ErrorName.exceedToleratedFailureThreshold)
        let first = try #require(try await workflows.mapRuns(of: id, after: nil, limit: 10).runs.first)
        #expect(first.run.items.failed == 1 && first.run.items.pending == 1)
        // What it read is what it goes on with.
        objects["i.json"] = Array("[]".utf8)
        fixture.clock.advance(milliseconds: 1000)
        let redriven = try await workflows.redrive(id, token: "t")
        #expect(try await workflows.redrive(id, token: "t") == redriven)
        try await fixture.doRuns(workflows)
        let again = try await workflows.describe(id)
        #expect(again.record.status == .failed)
        fixture.clock.advance(milliseconds: 1000)
        _ = try await workflows.redrive(id)
        try await fixture.doRuns(workflows)
        let last = try await workflows.describe(id)
        #expect(last.record.status == .succeeded, "\(last.error ?? "") \(last.cause ?? "")")
        #expect(last.output == #"[{"got":1},{"got":2},{"got":3}]"#)
        // One run, in which the first item ran once, the second until it succeeded, and the third at last.
        let runs = try await workflows.mapRuns(of: id, after: nil, limit: 10).runs
        #expect(runs.map(\.id) == [first.id])
        #expect(runs.first?.run.redrives == 2 && runs.first?.run.executions.succeeded == 3)
        #expect(fixture.tasks.begun == ["I": 5] && objects.reads == 1)
        let types = try await fixture.history(id).map(\.type)
        #expect(types.count { $0 == "MapRunStarted" } == 1 && types.count { $0 == "MapRunRedriven" } == 2)
        let items = try await workflows.list(.run(first.id), status: nil, after: nil, limit: 10).executions
        #expect(items.map(\.record.redrives).sorted() == [0, 0, 2])
    }

    @Test func `what ended ninety days ago is forgotten with all that its map began`() async throws {
        let fixture = WorkflowFixture()
        let (workflows, found) = try await Self.run(fixture, nil, #""ItemsPath":"$.i","#, input: #"{"i":[1,2]}"#)
        #expect(found.record.status == .succeeded)
        let run = try #require(try await workflows.mapRuns(of: found.id, after: nil, limit: 1).runs.first).id
        fixture.clock.advance(milliseconds: Workflows.retention - 1)
        #expect(try await workflows.forgetOld() == 0)
        fixture.clock.advance(milliseconds: 2)
        #expect(try await workflows.forgetOld() == 1)
        #expect(try await workflows.forgetOld() == 0)
        await #expect(throws: WorkflowError.self) { try await workflows.describe(found.id) }
        await #expect(throws: WorkflowError.self) { try await workflows.describe(mapRun: run) }
        await #expect(throws: WorkflowError.self) { try await workflows.describe(MapRun.child(0, of: run)) }
        #expect(try await workflows.read(Workflows.history(found.id), from: 0).entries.isEmpty)
        // The name is free again.
        _ = try await workflows.start(WorkflowFixture.start("one", #"{"i":[]}"#))
    }
}
