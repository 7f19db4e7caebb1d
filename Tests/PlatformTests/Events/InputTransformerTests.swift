import Core
import Testing

@testable import Platform

struct InputTransformerTests {
    private static let surroundings = InputTransformer.Surroundings(
        ruleARN: "arn:aws:events:us-east-1:000000000000:rule/r", ruleName: "r", ingested: Instant(milliseconds: 0))
    private static let event: JSON = [
        "id": "1", "detail": ["s": "a\"b\\", "n": 1, "o": ["k": "v"], "l": [1, "x"], "z": nil, "t": true],
    ]

    private func output(_ template: String) throws -> String {
        let transformer = try InputTransformer(
            paths: [
                "s": "$.detail.s", "n": "$.detail.n", "o": "$.detail.o", "l": "$.detail.l", "z": "$.detail.z",
                "t": "$.detail.t", "no": "$.detail.no",
            ], template: template)
        let bytes = try transformer.output(for: Self.event, Self.surroundings)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (
            #"{"a": <s>, "b": <n>, "c": <o>, "d": <l>, "e": <z>, "f": <t>, "g": <no>}"#,
            #"{"a":"a\"b\\","b":1,"c":{"k":"v"},"d":[1,"x"],"e":null,"f":true,"g":""}"#
        ),
        (#""<s> <n> <o> <l> <z><t>""#, #""a\"b\\ 1 {k:v} [1,x] true""#),
        (#"{"<n>": "in <s>"}"#, #"{"1":"in a\"b\\"}"#),
        (#"{"a": "\"<n>\" \\<n>"}"#, #"{"a":"\"1\" \\1"}"#),
        ("<o>", #"{"k":"v"}"#), ("[<n>,<aws.events.rule-name>]", #"[1,"r"]"#),
        (#"{"arn": <aws.events.rule-arn>}"#, #"{"arn":"arn:aws:events:us-east-1:000000000000:rule/r"}"#),
        ("<aws.events.event>", #"{"id":"1"}"#),
        (
            #"{"at":"<aws.events.event.ingestion-time>"}"#,
            #"{"at":"1970-01-01T00:00:00.000Z"}"#
        ),
        ("\"one <n>\"\n\"two <n>\"", "\"one 1\"\n\"two 1\""), (#""a < b > c <>""#, #""a < b > c <>""#),
    ])
    func `variables get their values`(_ template: String, _ wanted: String) throws {
        #expect(try output(template) == wanted)
    }

    @Test func `the whole event is there as JSON`() throws {
        #expect(try output("<aws.events.event.json>") == Self.event.text)
    }

    @Test(arguments: ["<y>", "no quotes", "{\"a\": <n>", "{<n>: 1}", "", "\"<aws.events.nothing>\"", "\"a\" \"b\""])
    func `a template that cannot give JSON is refused`(_ template: String) {
        #expect(throws: InputTransformer.Flaw.self) { try output(template) }
    }

    @Test func `variables have names and paths, and there are only so many`() {
        for paths in [["a b": "$"], ["": "$"], ["AWSx": "$"], ["a": "x"]] {
            #expect(throws: InputTransformer.Flaw.self) { try InputTransformer(paths: paths, template: "1") }
        }
        let many = Dictionary(uniqueKeysWithValues: (0...100).map { ("v\($0)", "$") })
        #expect(throws: InputTransformer.Flaw.tooManyVariables(limit: 100)) {
            try InputTransformer(paths: many, template: "1")
        }
    }

    @Test func `a value that is repeated until it is too large ends the transformation`() throws {
        let template = "[" + Array(repeating: "<x>", count: 2000).joined(separator: ",") + "]"
        let transformer = try InputTransformer(paths: ["x": "$.x"], template: template)
        let event: JSON = ["x": .string(String(repeating: "y", count: 100_000))]
        #expect(throws: InputTransformer.Flaw.outputTooLarge(limit: InputTransformer.outputLimit)) {
            try transformer.output(for: event, Self.surroundings)
        }
    }
}
