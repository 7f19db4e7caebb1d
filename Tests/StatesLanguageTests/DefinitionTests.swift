import Core
import Platform
import Testing

@testable import StatesLanguage

/// What definitions may hold, and what is said of those that may not.
struct DefinitionTests {
    private static let end = #""End":{"Type":"Succeed"}"#

    @Test(
        arguments: [
            ("{", "INVALID_JSON_DESCRIPTION", nil),
            ("[]", "SCHEMA_VALIDATION_FAILED: Expected value of type Object", nil),
            ("{}", "SCHEMA_VALIDATION_FAILED: The field 'StartAt' is required but was missing", nil),
            (#"{"StartAt":"A","States":{}}"#, "SCHEMA_VALIDATION_FAILED: Value cannot be empty", "/States"),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}"#, "Missing 'Next' target: B",
                "/States/A/Next"
            ),
            (#"{"StartAt":"X","States":{"A":{"Type":"Succeed"}}}"#, "Missing 'Next' target: X", "/StartAt"),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"B":{"Type":"Succeed"}}}"#,
                #"MISSING_TRANSITION_TARGET: State "B" is not reachable."#, "/States/B"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}}"#,
                "MISSING_END_STATE: Workflow has no terminal state at null", nil
            ),
            (
                #"{"StartAt":"M","States":{"M":{"Type":"Map","TimeoutSeconds":1,"End":true,"ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}}}}"#,
                "Field 'TimeoutSeconds' is not supported", "/States/M"
            ),
            (
                #"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"M","States":{"M":{"Type":"Succeed"}}}}}}"#,
                "DUPLICATE_STATE_NAME: Duplicate State name: M", nil
            ),
            (#"{"StartAt":"A","States":{"A":{"Type":"Foo"}}}"#, "'Foo' is not a type of state", "/States/A/Type"),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass"}}}"#, "One of these fields is required: Next, End",
                "/States/A"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{"x.$":"nope"}}}}"#,
                "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call",
                "/States/A/Parameters"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"ResultPath":"$.a[*]"}}}"#, "Reference Path",
                "/States/A/ResultPath"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Output":"x"}}}"#,
                "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage",
                "/States/A"
            ),
            (
                #"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true,"InputPath":"$"}}}"#,
                "The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage",
                "/States/A"
            ),
            (
                #"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true,"QueryLanguage":"JSONPath"}}}"#,
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", "/States/A"
            ),
            (
                #"{"StartAt":"M","States":{"M":{"Type":"Map","QueryLanguage":"JSONata","End":true,"ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Pass","Output":1,"End":true}}}}}}"#,
                "but field 'Output' is only supported", "/States/M/ItemProcessor/States/A"
            ),
            (
                #"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"Iterator":{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}}}}"#,
                "Field 'QueryLanguage' is not supported", "/States/M/Iterator"
            ),
            (
                #"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"MaxConcurrency":-1,"ToleratedFailurePercentage":101,"ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}}}}"#,
                "Maximum value is 100.0", "/States/M/MaxConcurrency"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"Timestamp":"2020-01-01T00:00:00Z","End":true}}}"#,
                "There should only be one of the following fields: [Seconds, Timestamp]", "/States/A"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","StringEquals":1,"Next":"A"}]}}}"#,
                "Value is not of the type that is compared", "/States/A/Choices[0]/StringEquals"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true,"Retry":[{"ErrorEquals":["States.ALL","x"]}]}}}"#,
                "'States.ALL' must stand alone", "/States/A/Retry[0]/ErrorEquals"
            ),
            (
                #"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Assign":{"states":1}}}}"#,
                "'states' is not a valid name of a variable", "/States/A/Assign"
            ),
        ] as [(String, String, String?)])
    func `a flaw is named with its place`(definition: String, message: String, location: String?) throws {
        let invalid = try #require(throws: InvalidDefinition.self) { try StateMachine(parsing: definition) }
        #expect(invalid.message.contains(message), "\(invalid.message)")
        if let location { #expect(invalid.diagnostics.contains { $0.location == location }, "\(invalid.diagnostics)") }
        #expect(!StateMachine.diagnostics(of: definition).isEmpty)
    }

    @Test(arguments: [
        ("phone", ["UNSUPPORTED_JSONATA_EXPRESSION Reference to 'phone' at the top level is not supported."]),
        (
            "$ & $$",
            ["$", "$$"].map { "UNSUPPORTED_JSONATA_EXPRESSION Reference to '\($0)' at the top level is not supported." }
        ),
        (
            "$map($states.input.a, function($x) { b })",
            ["UNSUPPORTED_JSONATA_EXPRESSION Reference to 'b' at the top level is not supported."]
        ),
        (
            "{a: [b.c, b]}",
            ["a", "b"].map { "UNSUPPORTED_JSONATA_EXPRESSION Reference to '\($0)' at the top level is not supported." }
        ),
        ("$states.input.items[price > $.least]^(price){name: $sum(price)}", []), ("$x.($ + 1)", []), ("**", []),
        ("a[1,2)", [#"INVALID_JSONATA_EXPRESSION Expected "]", got ",""#]),
        (#"{"a":}"#, [#"INVALID_JSONATA_EXPRESSION The symbol "}" cannot be used as a unary operator"#]),
        ("1 +", ["INVALID_JSONATA_EXPRESSION Unexpected end of expression"]),
        ("1; 2", [#"INVALID_JSONATA_EXPRESSION Syntax error: ";""#]),
    ]) func `expressions are looked at when a machine is made, in the service's words`(text: String, told: [String]) {
        let definition: JSON = [
            "QueryLanguage": "JSONata", "StartAt": "E",
            "States": ["E": ["Type": "Pass", "Output": ["v": .string("{% \(text) %}")], "End": true]],
        ]
        let found = StateMachine.diagnostics(of: definition.text, jsonata: .stepFunctions)
        #expect(found.map { "\($0.code.rawValue) \($0.message)" } == told)
        #expect(found.allSatisfy { $0.location == "/States/E/Output/v" })
    }

    @Test func `texts that look like paths where none is looked for are warned of`() throws {
        let definition = #"""
            {"StartAt":"A","States":{
            "A":{"Type":"Pass","Parameters":{"x":"$.a","y":[{"z":"States.UUID()"}],"w.$":"$.a","v":"$5"},"Next":"B"},
            "B":{"Type":"Pass","Result":{"r":{"q.$":"$.a"}},"Next":"C"},
            "C":{"Type":"Choice","Choices":[{"Not":{"Variable":"$.a","StringEquals":"$.b"},"Next":"D"}],"Default":"E"},
            "D":{"Type":"Fail","Error":"$.e"},"E":{"Type":"Pass","QueryLanguage":"JSONata","Output":"$.a","End":true}}}
            """#
        let found = StateMachine.diagnostics(of: definition)
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(
            found.map { "\($0.code.rawValue) \($0.location ?? "")" } == [
                "NO_DOLLAR /States/A/Parameters/x", "NO_DOLLAR /States/A/Parameters/y[0]/z",
                "PASS_RESULT_IS_STATIC /States/B/Result/r/q.$", "NO_PATH /States/C/Choices[0]/Not/StringEquals",
                "NO_PATH /States/D/Error",
            ])
        // They keep nobody from making the machine.
        _ = try StateMachine(parsing: definition)
    }

    @Test func `hostile definitions are refused, not suffered`() {
        let deep = String(repeating: #"{"a":"#, count: 300) + "1" + String(repeating: "}", count: 300)
        #expect(!StateMachine.diagnostics(of: deep).isEmpty)
        let large = String(repeating: " ", count: LanguageLimits.definition + 1)
        #expect(!StateMachine.diagnostics(of: large).isEmpty)
        let states = (0...LanguageLimits.states).map { #""S\#($0)":{"Type":"Succeed"}"# }.joined(separator: ",")
        let many = StateMachine.diagnostics(of: #"{"StartAt":"S0","States":{\#(states)}}"#)
        #expect(many.contains { $0.message.contains("more than 10000 states") })
        #expect(many.count <= LanguageLimits.diagnostics)
        var nested = #"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#
        for level in 0..<25 {
            nested =
                #"{"StartAt":"P\#(level)","States":{"P\#(level)":{"Type":"Parallel","End":true,"Branches":[\#(nested)]}}}"#
        }
        #expect(!StateMachine.diagnostics(of: nested).isEmpty)
    }

    @Test func `all eight states are read with all their fields`() throws {
        let machine = try StateMachine(
            parsing: """
                {"Comment":"c","StartAt":"Pass","TimeoutSeconds":60,"Version":"1.0","States":{
                "Pass":{"Type":"Pass","InputPath":null,"Result":{"a.$":"literal"},"ResultPath":"$.r","OutputPath":"$","Next":"Task"},
                "Task":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"x.$":"$$.Execution.Id"},
                "TimeoutSecondsPath":"$.t","HeartbeatSeconds":5,"Credentials":{"RoleArn.$":"$.role"},"ResultSelector":{"y.$":"$.z"},
                "Retry":[{"ErrorEquals":["E"],"IntervalSeconds":2,"MaxAttempts":0,"BackoffRate":1.5,"MaxDelaySeconds":9,"JitterStrategy":"FULL"}],
                "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"Fail"}],"Next":"Choice"},
                "Choice":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.a","IsPresent":true},{"Not":{"Variable":"$.a","StringMatches":"x*"}}],
                "Next":"Wait"}],"Default":"Par"},
                "Wait":{"Type":"Wait","TimestampPath":"$.w","Next":"Par"},
                "Par":{"Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}],"Next":"Map"},
                "Map":{"Type":"Map","ItemsPath":"$.items","ItemSelector":{"v.$":"$$.Map.Item.Value"},"MaxConcurrencyPath":"$.c","Label":"L",
                "ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","MaxItems":5},
                "Parameters":{"Bucket":"b","Key.$":"$.k"}},"ItemBatcher":{"MaxItemsPerBatch":3,"BatchInput":{"f":1}},
                "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b"},"WriterConfig":{"Transformation":"COMPACT"}},
                "ToleratedFailurePercentage":5,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},
                "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"Next":"Succeed"},
                "Succeed":{"Type":"Succeed"},"Fail":{"Type":"Fail","ErrorPath":"$.e.Error","Cause":"c"}}}
                """)
        #expect(machine.flow.names == ["Pass", "Task", "Choice", "Wait", "Par", "Map", "Succeed", "Fail"])
        #expect(
            machine.flow.names.map { machine.flow.states[$0]?.kind } == [
                .pass, .task, .choice, .wait, .parallel, .map, .succeed, .fail,
            ])
        let retrier = try #require(machine.flow.states["Task"]?.retriers.first)
        #expect(retrier.maximumAttempts == 0 && retrier.hasJitter && retrier.maximumDelaySeconds == 9)
        guard case .map(let map)? = machine.flow.states["Map"]?.body else {
            Issue.record("no map")
            return
        }
        #expect(map.mode == .distributed && map.label == "L" && map.reader != nil && map.writer != nil)
    }
}
