import Core
import Platform
import Testing

@testable import StatesLanguage

/// Executions: what goes wrong in them, and how they go on.
struct ExecutionTests {
    private static let task = #""Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage""#

    private static func machine(_ states: String, start: String = "A") throws -> StateMachine {
        try StateMachine(parsing: #"{"StartAt":"\#(start)","States":{\#(states)}}"#)
    }

    private static func play(
        _ states: String, input: JSON = .object(JSONObject()), _ task: (TaskOrder) -> [Occurrence] = { _ in [] }
    ) throws -> Player {
        var player = Player(try machine(states), input: input)
        player.play(task)
        return player
    }

    @Test func `a task is tried again with growing pauses, and then caught`() throws {
        let states = #"""
            "A":{\#(Self.task),"End":true,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":3,"MaxAttempts":2}],
            "Catch":[{"ErrorEquals":["E"],"ResultPath":"$.error","Next":"B"}]},"B":{"Type":"Pass","End":true}
            """#
        let player = try Self.play(states, input: ["x": 1]) { [.taskFailed(work: $0.work, error: "E", cause: "c")] }
        #expect(player.execution.status == .succeeded(["x": 1, "error": ["Error": "E", "Cause": "c"]]))
        let scheduled = player.history.filter { $0.type == "TaskScheduled" }.map { $0.time.milliseconds / 1000 }
        #expect(scheduled.map { $0 - scheduled[0] } == [0, 3, 9])
    }

    @Test(arguments: [
        (["States.ALL"], "Any", true), (["States.ALL"], "States.DataLimitExceeded", false),
        (["States.ALL"], "States.Runtime", false), (["States.TaskFailed"], "Any", true),
        (["States.TaskFailed"], "States.Timeout", false), (["States.Timeout"], "States.HeartbeatTimeout", true),
        (["A", "B"], "B", true), (["A"], "AB", false), (["States.Runtime"], "States.Runtime", true),
    ])
    func `lists of errors name errors`(list: [String], error: String, names: Bool) {
        #expect(ErrorName.list(list, names: error) == names)
    }

    @Test func `a task gets its arguments, and its result is put in place`() throws {
        let states = #"""
            "A":{\#(Self.task),"Parameters":{"Body.$":"$.body","Fixed":1},"ResultSelector":{"id.$":"$.MessageId"},
            "ResultPath":"$.sent","OutputPath":"$.sent","Assign":{"last.$":"$.id"},"Next":"B"},
            "B":{"Type":"Pass","Parameters":{"v.$":"$last"},"End":true}
            """#
        let player = try Self.play(states, input: ["body": "hi"]) { order in
            #expect(order.arguments == ["Body": "hi", "Fixed": 1])
            return [.taskSucceeded(work: order.work, output: ["MessageId": "m1"])]
        }
        #expect(player.execution.status == .succeeded(["v": "m1"]))
    }

    @Test func `a task that waits for its token is told it`() throws {
        let states = #"""
            "A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters":{"token.$":"$$.Task.Token"},"HeartbeatSeconds":5,"TimeoutSeconds":9,"End":true}
            """#
        let player = try Self.play(states) { order in
            #expect(order.arguments["token"]?.string?.hasSuffix("/\(order.work)") == true)
            #expect(order.heartbeat == 5 && order.timeout == 9)
            return [.heartbeatMissed(work: order.work)]
        }
        #expect(player.execution.status == .failed(error: ErrorName.timeout, cause: nil))
        let late = player.history.first { $0.type == "TaskTimedOut" }
        #expect(late?.details["error"]?.string == ErrorName.timeout)
    }

    @Test(arguments: [("HeartbeatTimeout", true), ("Timeout", true), ("ALL", true), ("TaskFailed", false)])
    func `a missed heartbeat is a timeout that goes by its own name as well`(name: String, isCaught: Bool) throws {
        let states = #"""
            "A":{\#(Self.task),"End":true,"Catch":[{"ErrorEquals":["States.\#(name)"],"Next":"B"}]},
            "B":{"Type":"Pass","End":true}
            """#
        let player = try Self.play(states) { [.heartbeatMissed(work: $0.work)] }
        let isOver = if case .succeeded = player.execution.status { true } else { false }
        #expect(isOver == isCaught)
    }

    @Test func `a branch that fails ends the others, and their work`() throws {
        var execution = Player(
            try Self.machine(
                #"""
                "A":{"Type":"Parallel","End":true,"Branches":[
                {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":100,"End":true}}},
                {"StartAt":"T","States":{"T":{\#(Self.task),"End":true}}}]}
                """#), input: .object(JSONObject())
        ).execution
        let commands = execution.start()
        var task: Int?
        for case .schedule(let order) in commands { task = order.work }
        let after = execution.handle(
            .taskFailed(work: try #require(task), error: "E", cause: nil), at: Instant(milliseconds: 1_700_000_001_000))
        #expect(execution.status == .failed(error: "E", cause: nil))
        let cancelled = after.filter { if case .cancel = $0 { true } else { false } }
        #expect(cancelled.count == 1)
        // Reports that come late change nothing.
        #expect(execution.handle(.timerFired(work: 1), at: execution.startedAt).isEmpty)
    }

    @Test(arguments: [
        (#""Type":"Pass","InputPath":"$.a.b","End":true"#, "Invalid path '$.a.b' : Missing property in path $['a']"),
        (#""Type":"Pass","InputPath":"$.x.b","End":true"#, "Invalid path '$.x.b' : No results for path: $['x']['b']"),
        (#""Type":"Succeed","OutputPath":"$$.y""#, "Invalid path '$$.y' : No results for path: $['y']"),
        (
            #""Type":"Pass","Parameters":{"p.$":"$.q"},"End":true"#,
            #"The JSONPath '$.q' specified for the field 'p.$' could not be found in the input '{"x":{}}'"#
        ),
        (
            #""Type":"Map","ItemsPath":"$.x","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}},"End":true"#,
            #"Reference path "$.x" must point to array."#
        ),
        (
            #""Type":"Wait","TimestampPath":"$.x","End":true"#,
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.x == {}"
        ),
    ])
    func `what a path leads to is missing or wrong`(state: String, cause: String) throws {
        let player = try Self.play(#""A":{\#(state)}"#, input: ["x": .object(JSONObject())])
        let place = "An error occurred while executing the state 'A' (entered at the event id #2). "
        #expect(player.execution.status == .failed(error: "States.Runtime", cause: place + cause))
    }

    @Test(arguments: [
        (#""Type":"Pass","Output":{"a":{"b":["{% $missing %}"]}},"End":true"#, "Output/a/b[0]", "returned nothing"),
        (
            #""Type":"Pass","Assign":{"v":"{% 1 + 'x' %}"},"End":true"#, "Assign/v",
            "threw an error during evaluation. T2002: "
        ),
        (
            #""Type":"Choice","Choices":[{"Condition":"{% 1 %}","Next":"B"}],"Default":"B""#, "Choices[0]/Condition",
            "Expected 'boolean', but was 'number' for value: 1"
        ),
        (#""Type":"Wait","Seconds":"{% 'x' %}","End":true"#, "Seconds", "Expected 'integer'"),
    ])
    func `an expression that fails is told with its place`(state: String, location: String, cause: String) throws {
        let states = #"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{\#(state)},"B":{"Type":"Succeed"}}}"#
        let single = states.replacing(#","B":{"Type":"Succeed"}"#, with: "")
        let text = state.contains(#""B""#) ? states : single
        var player = Player(try StateMachine(parsing: text, jsonata: .stepFunctions), input: 1)
        player.play()
        let event = try #require(player.history.first { $0.type == "EvaluationFailed" })
        #expect(event.details["location"]?.string == location)
        #expect(event.details["cause"]?.string?.contains(cause) == true, "\(event.details)")
        #expect(player.history.last?.type == "ExecutionFailed")
    }

    @Test func `an item whose input cannot be made ends those that run`() throws {
        let states = #"""
            "A":{"Type":"Map","ItemSelector":{"v.$":"$$.Map.Item.Value.x"},"End":true,"Catch":[{"ErrorEquals":["States.Runtime"],
            "Next":"B"}],"ItemProcessor":{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":9,"End":true}}}},
            "B":{"Type":"Pass","Result":"caught","End":true}
            """#
        let player = try Self.play(states, input: [["x": 1], ["y": 1]])
        #expect(player.execution.status == .succeeded("caught"))
        #expect(player.history.filter { $0.type == "MapIterationStarted" }.count == 1)
    }

    @Test func `a result that is too large fails its task`() throws {
        let large = JSON.string(String(repeating: "x", count: LanguageLimits.payload))
        let player = try Self.play(#""A":{\#(Self.task),"End":true}"#) {
            [.taskSucceeded(work: $0.work, output: large)]
        }
        guard case .failed(ErrorName.dataLimitExceeded?, _) = player.execution.status else {
            Issue.record("\(player.execution.status)")
            return
        }
        #expect(player.history.contains { $0.type == "TaskFailed" })
    }

    @Test func `a result finds no place`() throws {
        let player = try Self.play(#""A":{"Type":"Pass","Result":1,"ResultPath":"$.x","End":true}"#, input: 1)
        guard case .failed(ErrorName.resultPathMatchFailure?, _) = player.execution.status else {
            Issue.record("\(player.execution.status)")
            return
        }
    }

    @Test func `the whole takes too long`() throws {
        let machine = try StateMachine(
            parsing: #"{"StartAt":"A","TimeoutSeconds":5,"States":{"A":{"Type":"Wait","Seconds":10,"End":true}}}"#)
        var player = Player(machine, input: .null)
        player.play()
        #expect(player.execution.status == .timedOut)
        #expect(player.history.last?.type == "ExecutionTimedOut")
    }

    @Test func `a loop without end ends at the limit of its history`() throws {
        let player = try Self.play(
            #""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$","IsPresent":false,"Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}"#
        )
        guard case .failed(_, let cause) = player.execution.status else {
            Issue.record("\(player.execution.status)")
            return
        }
        #expect(cause?.contains("25000") == true)
        #expect(player.history.count == LanguageLimits.history)
    }

    @Test func `data that grows with every round ends at the limit of its size`() throws {
        for parameters in [#"{"a.$":"$","b.$":"$"}"#, #"{"a.$":"$"}"#] {
            let player = try Self.play(
                #""A":{"Type":"Pass","Parameters":\#(parameters),"Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}"#
            )
            guard case .failed(ErrorName.dataLimitExceeded?, _) = player.execution.status else {
                Issue.record("\(player.execution.status)")
                return
            }
        }
    }

    @Test func `branches that multiply end at the limit of the history`() throws {
        let branch = #"{"StartAt":"S%","States":{"S%":{"Type":"Pass","End":true}}}"#
        let branches = (0..<500).map { branch.replacing("%", with: "\($0)") }.joined(separator: ",")
        let states =
            #""A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[\#(branches)]}}}}"#
        let player = try Self.play(states, input: .array((0..<1_000).map { .number(JSONNumber($0)) }))
        guard case .failed = player.execution.status else {
            Issue.record("\(player.execution.status)")
            return
        }
    }

    @Test func `the same reports bring about the same history`() throws {
        let states =
            #""A":{"Type":"Pass","Parameters":{"id.$":"States.UUID()","n.$":"States.MathRandom(1,1000)"},"End":true}"#
        #expect(try Self.play(states).history == Self.play(states).history)
    }

    @Test(arguments: [
        ("2016-03-14T01:59:00Z", 1_457_920_740), ("2016-08-18T17:33:00.5+02:00", 1_471_534_380),
        ("2024-02-29T00:00:00-00:30", 1_709_166_600),
    ])
    func `timestamps are read`(text: String, seconds: Int64) { #expect(Timestamp(text)?.seconds == seconds) }

    @Test(arguments: [
        "2016-03-14", "2016-03-14t01:59:00z", "2023-02-29T00:00:00Z", "2016-03-14T24:00:00Z", "",
        "2016-03-14T01:59:00.Z",
    ])
    func `what is no timestamp is refused`(text: String) { #expect(Timestamp(text) == nil) }

    @Test(arguments: [
        ("a*c", "abc", true), ("*", "", true), (#"a\*"#, "a*", true), (#"a\*"#, "ab", false), ("a*b*c", "aXbYc", true),
        ("*.log", "x.log.log", true), ("abc", "abcd", false), ("a*bc*c", "abc", false), (#"\\*"#, #"\x"#, true),
    ])
    func `patterns match texts`(pattern: String, text: String, matches: Bool) {
        #expect(Comparison.matches(text, Comparison.pieces(of: pattern)) == matches)
    }
}
