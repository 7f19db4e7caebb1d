import Core
import StatesLanguage
import Testing

@testable import martlet

/// What `martlet workflows` makes of histories and definitions.
@Suite struct WorkflowCommandTests {
    private static let definition = """
        {"StartAt":"Both","States":{
        "Both":{"Type":"Parallel","Next":"Done","Branches":[
        {"StartAt":"Left","States":{"Left":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$.order.total"},"Retry":[{"ErrorEquals":["Busy"],"MaxAttempts":2}],"End":true}}},
        {"StartAt":"Right","States":{"Right":{"Type":"Wait","Seconds":9,"End":true}}}],
        "Catch":[{"ErrorEquals":["States.Timeout"],"Next":"Done"}]},
        "Done":{"Type":"Succeed"}}}
        """

    /// Events as the API has them: type, the one before, and what each says.
    private static func events(_ rows: [(String, Int, JSON)]) -> [JSON] {
        rows.enumerated().map { place, row in
            [
                "id": .number(JSONNumber(Int64(place + 1))), "previousEventId": .number(JSONNumber(Int64(row.1))),
                "timestamp": .number(JSONNumber(Int64(1_795_000_000 + place))), "type": .string(row.0),
                "someEventDetails": row.2,
            ]
        }
    }

    private static let failed = events([
        ("ExecutionStarted", 0, [:]), ("ParallelStateEntered", 0, ["name": "Both", "input": #"{"order":{"sum":1}}"#]),
        ("ParallelStateStarted", 2, [:]), ("TaskStateEntered", 3, ["name": "Left", "input": #"{"order":{"sum":1}}"#]),
        ("WaitStateEntered", 3, ["name": "Right"]), ("TaskScheduled", 4, [:]), ("TaskStarted", 6, [:]),
        ("TaskFailed", 7, ["error": "Busy", "cause": "try later"]), ("TaskScheduled", 8, [:]),
        (
            "TaskFailed", 9,
            [
                "error": "States.Runtime",
                "cause":
                    "The JSONPath '$.order.total' specified for the field 'Payload.$' could not be found in the input",
            ]
        ), ("ParallelStateFailed", 10, ["error": "States.Runtime"]),
        ("ExecutionFailed", 11, ["error": "States.Runtime", "cause": "deep"]),
    ])

    private static func track(_ events: [JSON]) throws -> ExecutionTrack {
        var track = ExecutionTrack()
        for event in events { track.take(try #require(HistoryEntry(event))) }
        return track
    }

    @Test func `states have what happened to them, and what was inside of a failed one was stopped`() throws {
        let track = try Self.track(Self.failed)
        let sights = track.sights(at: .now)
        #expect(sights["Both"]?.status == .failed && sights["Left"]?.status == .failed)
        #expect(sights["Right"]?.status == .aborted && sights["Done"] == nil)
        #expect(sights["Left"]?.note == "7.0 s, try 2")
        let before = try Self.track(Array(Self.failed[..<8])).sights(at: Instant(milliseconds: 1_795_000_009_000))
        #expect(before["Left"]?.status == .retrying && before["Right"]?.status == .running)
        #expect(before["Both"] == StateSight(.running, note: "8.0 s"))
    }

    @Test func `what is caught is told from what succeeded`() throws {
        let track = try Self.track(
            Self.events([
                ("ExecutionStarted", 0, [:]), ("TaskStateEntered", 0, ["name": "A"]), ("TaskScheduled", 2, [:]),
                ("TaskTimedOut", 3, ["error": "States.Timeout"]), ("TaskStateExited", 4, ["name": "A"]),
                ("PassStateEntered", 5, ["name": "B"]), ("PassStateExited", 6, ["name": "B"]),
                ("ExecutionSucceeded", 7, [:]),
            ]))
        #expect(track.sights(at: .now).mapValues(\.status) == ["A": .caught, "B": .succeeded])
        #expect(ExecutionFailure(track, nil) == nil)
    }

    @Test func `rounds of a map are counted`() throws {
        let track = try Self.track(
            Self.events([
                ("ExecutionStarted", 0, [:]), ("MapStateEntered", 0, ["name": "M"]), ("MapStateStarted", 2, [:]),
                ("MapIterationStarted", 3, ["name": "M", "index": 0]), ("PassStateEntered", 4, ["name": "I"]),
                ("PassStateExited", 5, ["name": "I"]), ("MapIterationSucceeded", 6, ["name": "M", "index": 0]),
                ("MapIterationStarted", 3, ["name": "M", "index": 1]), ("WaitStateEntered", 8, ["name": "I"]),
            ]))
        let sights = track.sights(at: Instant(milliseconds: 1_795_000_009_000))
        #expect(sights["I"] == StateSight(.running, note: "1/2, 1.0 s") && sights["M"]?.status == .running)
    }

    @Test func `a failure is explained from the innermost state outwards`() throws {
        let failure = try #require(
            ExecutionFailure(try Self.track(Self.failed), try StateMachine(parsing: Self.definition)))
        #expect(failure.visit?.name == "Left" && failure.outer.map(\.name) == ["Both"])
        #expect(failure.expression == "$.order.total" && failure.field == "Payload.$")
        #expect(failure.missing == "$.order has no 'total'; it has sum")
        let lines = FailureWords(failure: failure, execution: "orders:1", isRedrivable: true).lines
        #expect(
            lines.prefix(3) == [
                "state:     Left (Task, inside of Both), entered at event 4", "error:     States.Runtime",
                "cause:     The JSONPath '$.order.total' specified for the field 'Payload.$' could not be found in the input",
            ])
        for line in [
            "input:     {\"order\":{\"sum\":1}}", "tries:     1: Busy at 2026-11-18T11:06:47.000Z",
            "tries:     not again: its Retry names Busy, and not this error",
            "caught:    not by 'Left': it has no Catch",
            "caught:    not by 'Both': its Catch names States.Timeout, and not this error",
            "next:      see what the function wrote: martlet logs pay",
            "next:      when the reason is gone: martlet workflows redrive orders:1 --follow",
        ] {
            #expect(lines.contains(line), "\(lines)")
        }
    }

    @Test func `hostile histories end, and command no terminal`() throws {
        let odd: [JSON] = Self.events([
            ("TaskFailed", 99, ["error": 1]), ("TaskStateExited", 2, ["name": "x"]), ("MapIterationFailed", 3, [:]),
            ("ParallelStateFailed", 4, [:]), ("ExecutionFailed", 5, ["cause": "\u{1B}[2J"]),
        ])
        let track = try Self.track(odd)
        let failure = try #require(ExecutionFailure(track, nil))
        #expect(!FailureWords(failure: failure, execution: "e", isRedrivable: false).lines.isEmpty)
        let entry = try #require(HistoryEntry(odd[4]))
        #expect(
            entry.line(state: nil, interactive: false) == "2026-11-18T11:06:44.000Z\t5\tExecutionFailed\t-\t\u{FFFD}[2J"
        )
    }

    @Test func `the live picture fits its window, and follows what runs`() throws {
        let view = ExecutionView(
            "arn:aws:states:r:1:execution:orders:order-17", ["definition": .string(Self.definition)])
        let track = try Self.track(Array(Self.failed[..<7]))
        for (columns, rows) in [(100, 40), (60, 12), (24, 6), (20, 1)] {
            let lines = view.lines(track, at: Instant(milliseconds: 1_795_000_009_000), columns: columns, rows: rows)
            #expect(lines.count <= max(rows, 4) && lines.allSatisfy { $0.text.count <= columns })
        }
        let text = view.lines(track, at: .now, columns: 100, rows: 12).map(\.text).joined(separator: "\n")
        #expect(text.contains("orders:order-17  RUNNING") && text.contains("Left"))
    }

    @Test(
        arguments: [
            ("", 1, 1), ("/States", 2, 3), ("/States/a\"/b", 3, 5), ("/States/a\"/b/Choices[1]/Next", 3, 43),
            ("/States/a\"/b/Choices[9]", 3, 15), ("/Nowhere", 1, 1), ("/States/é", 4, 3), ("/States/é/Type", 4, 9),
        ])
    func `a location has a line and a column`(location: String, line: Int, column: Int) {
        let text =
            "{\"StartAt\": \"x\",\n  \"States\": {\n    \"a\\\"/b\": {\"Choices\": [{\"Next\": \"}\"}, {\"Next\": 1}]},\n  \"é\": {\"Type\": 1}}}"
        let place = DefinitionPlace(of: location, in: Array(text.utf8)).lineAndColumn
        #expect(place.line == line && place.column == column, "\(place)")
    }

    @Test func `flaws are told as compilers tell them, wherever a text breaks off`() {
        let text = "{\n \"StartAt\": \"A\",\n \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"B\"}}}"
        let lines = WorkflowCheck.lines(StateMachine.diagnostics(of: text), in: Array(text.utf8), "f.json")
        #expect(lines.first == "f.json:3:35: error: Missing 'Next' target: B (/States/A/Next)", "\(lines)")
        for length in 0..<text.utf8.count {
            let part = Array(text.utf8.prefix(length))
            _ = WorkflowCheck.lines(StateMachine.diagnostics(of: String(decoding: part, as: UTF8.self)), in: part, "f")
            _ = DefinitionPlace(of: "/States/A/Next", in: part).lineAndColumn
        }
    }

    @Test func `lengths of time are for people`() {
        func words(_ milliseconds: Int64) -> String {
            ExecutionTrack.words(Instant(milliseconds: 0), Instant(milliseconds: milliseconds))
        }
        #expect(
            [-5, 12, 1250, 61_000, 7_260_000, 90_000_000].map(words) == [
                "0 ms", "12 ms", "1.2 s", "1 min 1 s", "2 h 1 min", "1 d 1 h",
            ])
    }
}
