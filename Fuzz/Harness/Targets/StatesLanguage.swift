import Core

@testable import StatesLanguage

extension FuzzTarget {
    /// The language of state machines.
    static let statesLanguage = [stateMachines, intrinsicCalls, tables, manifests, mockedResults]

    /// A definition on the first line, the input on the second.
    private static let stateMachines = FuzzTarget(
        "state-machines",
        texts: [
            """
            {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"a.$":"$.x"},\
            "Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"B"}],\
            "Next":"B"},"B":{"Type":"Map","ItemsPath":"$.l","ItemProcessor":{"StartAt":"C","States":{"C":{"Type":"Pass","Assign":\
            {"v.$":"$$.Map.Item.Index"},"End":true}}},"End":true}}}
            {"x":1,"l":[1,2]}
            """,
            """
            {"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.a","NumericLessThanPath":"$.b"},\
            {"Not":{"Variable":"$.s","StringMatches":"a*"}}],"Next":"P"}],"Default":"W"},"W":{"Type":"Wait","SecondsPath":"$.a",\
            "Next":"F"},"F":{"Type":"Fail","ErrorPath":"$.s","Cause":"c"},"P":{"Type":"Parallel","End":true,"Branches":[\
            {"StartAt":"X","States":{"X":{"Type":"Succeed"}}},{"StartAt":"Y","States":{"Y":{"Type":"Wait","Seconds":1,"End":true}}}]}}}
            {"a":1,"b":2,"s":"b"}
            """,
        ]
    ) { bytes in
        let (definition, second) = bytes.halves()
        let diagnostics = StateMachine.diagnostics(of: definition.text)
        let machine = accepted { try StateMachine(parsing: definition.text) }
        require((machine == nil) == diagnostics.contains { $0.severity == .error }, "a flaw was not told")
        guard let machine else { return }
        play(machine, accepted { try JSON(parsing: second) } ?? ["x": 1])
    }

    /// Plays for a while: every task fails once and then succeeds, and every timer fires.
    private static func play(_ machine: StateMachine, _ input: JSON) {
        let identity = ExecutionIdentity(id: "e", name: "e", role: "r", machineID: "m", machineName: "m")
        let surroundings = Surroundings(region: "r", digest: { _, bytes in bytes }, token: { "\($0)\($1)" })
        var time = Instant(milliseconds: 0)
        var execution = Execution(of: machine, identity: identity, input: input, at: time, surroundings: surroundings)
        var commands = execution.start()
        var last = 0
        for round in 0..<200 {
            if commands.isEmpty {
                guard execution.isRedrivable, execution.redrives < 3 else { break }
                commands = execution.redrive(at: time)
            }
            for event in execution.takeEvents() {
                require(event.id == last + 1 && event.previousID <= last, "the history is out of order")
                last = event.id
            }
            let todo = commands
            commands = []
            for command in todo {
                time = time.advanced(milliseconds: 1)
                switch command {
                case .schedule(let order):
                    let occurrence: Occurrence =
                        round % 2 == 0
                        ? .taskFailed(work: order.work, error: "E", cause: nil)
                        : .taskSucceeded(work: order.work, output: order.arguments)
                    commands += execution.handle(occurrence, at: time)
                case .startTimer(let work, let at):
                    time = max(time, at)
                    commands += execution.handle(.timerFired(work: work), at: time)
                case .startMapRun(let order):
                    commands += execution.handle(
                        .mapRunSucceeded(work: order.work, output: .array(order.items ?? [])), at: time)
                case .resume: commands += execution.resume(at: time)
                case .cancel, .end: break
                }
            }
        }
        require(last <= LanguageLimits.history, "the history is longer than it may be")
    }

    /// A call on the first line, what it sees on the second.
    private static let intrinsicCalls = FuzzTarget(
        "intrinsic-calls",
        texts: [
            "States.Format('a {} \\{', States.ArrayGetItem($.l, 1))\n{\"l\":[1,2]}",
            "States.StringSplit(States.Base64Decode('YSxi'), ',')\n{}", "States.ArrayRange(1, $.n, 2)\n{\"n\":9}",
            "States.JsonMerge($.o, States.StringToJson('{\"a\":1}'), false)\n{\"o\":{}}",
        ]
    ) { bytes in
        let (text, second) = bytes.halves()
        guard let expression = PathExpression(text.text) else { return }
        let surroundings = Surroundings(region: "r", digest: { _, bytes in bytes }, token: { "\($0)\($1)" })
        var evaluation = Evaluation(
            surroundings: surroundings, chance: Chance(seed: 1), now: Instant(milliseconds: 0))
        let scope = Scope(document: accepted { try JSON(parsing: second) } ?? 1)
        _ = accepted { () throws(StateFailure) in try expression.value(in: scope, &evaluation) }
    }

    /// What lists the files that items are in.
    private static let manifests = FuzzTarget(
        "item-manifests",
        texts: [
            #"{"destinationBucket":"arn:aws:s3:::b","fileFormat":"CSV","fileSchema":"Bucket, Key","files":[{"key":"a.csv.gz"}]}"#,
            "s3://bucket/key\n\"s3://b/a/b\"\r\n",
        ]
    ) { bytes in
        for type in ["S3_INVENTORY", "ATHENA_DATA"] {
            let manifest = accepted { () throws(StateFailure) in try ItemManifest(bytes, type: type) }
            for file in manifest?.files ?? [] { require(file.key.utf8.count <= 3 * bytes.count, "a key was made up") }
        }
    }

    /// The resource of a task on the first line, its mocked result on the second.
    private static let mockedResults = FuzzTarget(
        "mocked-results",
        texts: [
            "arn:aws:states:::aws-sdk:lambda:getFunction\n{\"Configuration\":{\"MemorySize\":1,\"Layers\":[{}]}}",
            "arn:aws:states:::dynamodb:getItem\n{\"Item\":{\"a\":{\"L\":[{\"M\":{\"b\":{\"N\":1}}}]}}}",
            "arn:aws:states:::states:startExecution.sync:2\n{\"ExecutionArn\":\"\",\"StartDate\":1}",
        ]
    ) { bytes in
        let (resource, second) = bytes.halves()
        guard let result = accepted({ try JSON(parsing: second) }),
            let shape = ResultShapes.embedded.shape(of: TaskTarget(resource: resource.text))
        else { return }
        let strict = shape.flaw(in: result, .strict)
        require(strict != nil || shape.flaw(in: result, .present) == nil, "less is asked for, and refused")
        require(shape.flaw(in: result, .none) == nil, "nothing is asked for, and refused")
    }

    /// A table of items: what `CSVReader` reads.
    private static let tables = FuzzTarget(
        "item-tables", texts: ["a,b\n1,\"x, \"\"y\"\"\"\n\n2\r\n", "a|\"\n\"|b\n,,\"x\"y,\n"]
    ) { bytes in
        for delimiter in ["COMMA", "PIPE"] {
            var reader = CSVReader(bytes, delimiter: delimiter)
            var fields = 0
            while let row = reader.row() {
                require(!row.isEmpty, "a row without fields")
                fields += row.count
            }
            require(fields <= 2 * bytes.count, "more fields than there can be")
        }
        var configuration = ItemReader.Configuration()
        for type in ["CSV", "JSON", "JSONL"] {
            configuration.inputType = type
            let items = accepted { () throws(StateFailure) in
                try ItemData.items(in: bytes, configuration, maximum: 100)
            }
            require((items?.count ?? 0) <= 100, "more items than are wanted")
        }
    }
}
