import Core
import Testing

@testable import JSONPath

/// What Step Functions takes and how it answers, where that differs from RFC 9535.
struct StepFunctionsTests {
    private static let document: JSON = [
        "a": ["b": [1, 2, 3], "c-d": "x"], "0": "zero", "list": [["n": 1], ["n": 2], ["m": 3]],
        #"q\"n"#: "backslash", "it's": "quote",
    ]

    @Test(
        arguments: [
            ("$", nil), ("$.a.b[0]", "1"), ("$.a.b[-1]", "3"), ("$.a.c-d", #""x""#), ("$.0", #""zero""#),
            ("$['a']['b'][1]", "2"), ("$.['a'].b[1]", "2"), ("$.list[*].n", "[1,2]"), ("$..n", "[1,2]"),
            ("$.list[1:].n", "[2]"), ("$.list[?(@.n == 2)]", #"[{"n":2}]"#), ("$.missing[*]", "[]"),
            ("$.missing.x[1:3].y", "[]"), ("$.a.b.length()", "3"), ("$.list[*].length()", "3"),
            (#"$['q\"n']"#, #""backslash""#), (#"$['it\'s']"#, #""quote""#), ("$.a['b','zzz']", #"{"b":[1,2,3]}"#),
        ] as [(String, String?)])
    func `a path gives one value, or an array of all`(text: String, expected: String?) throws {
        let path = try JSONPath(parsing: text, dialect: .stepFunctions)
        #expect(try path.answer(in: Self.document)?.text == expected ?? Self.document.text)
    }

    @Test(arguments: ["$.missing", "$.a.b[7]", "$.a.b.c", "$.a[0]", "$.a.b[0].length()"])
    func `a definite path that leads nowhere gives nothing`(text: String) throws {
        let path = try JSONPath(parsing: text, dialect: .stepFunctions)
        #expect(try path.answer(in: Self.document) == nil)
    }

    @Test func `paths begin at the document, the context object or a variable`() throws {
        #expect(try JSONPath(parsing: "$.x", dialect: .stepFunctions).root == .document)
        #expect(try JSONPath(parsing: "$$.Execution.Id", dialect: .stepFunctions).root == .context)
        #expect(try JSONPath(parsing: "$name_1.x[0]", dialect: .stepFunctions).root == .variable("name_1"))
        #expect(throws: PathError.self) { try JSONPath(parsing: "$$.x") }
        #expect(throws: PathError.self) { try JSONPath(parsing: "$name") }
    }

    @Test(arguments: [
        ("$.x", #"{"a":1}"#, #"{"a":1,"x":"v"}"#), ("$.a", #"{"a":1}"#, #"{"a":"v"}"#),
        ("$.a.b.c", "{}", #"{"a":{"b":{"c":"v"}}}"#), ("$.a[1]", #"{"a":[1,2]}"#, #"{"a":[1,"v"]}"#),
        ("$.a[0].b", #"{"a":[{}]}"#, #"{"a":[{"b":"v"}]}"#), ("$", "[1]", #""v""#),
    ])
    func `a value is put at the place of a reference path`(path: String, document: String, expected: String) throws {
        let reference = try #require(ReferencePath(try JSONPath(parsing: path, dialect: .stepFunctions)))
        #expect(try reference.inserting("v", into: JSON(parsing: document)).text == expected)
    }

    @Test(arguments: [
        ("$.x", "1"), ("$.a.b", #"{"a":1}"#), ("$.a[2]", #"{"a":[1,2]}"#), ("$.a[0]", "{}"), ("$.x", "[]"),
    ])
    func `a value is not put where something else is`(path: String, document: String) throws {
        let reference = try #require(ReferencePath(try JSONPath(parsing: path, dialect: .stepFunctions)))
        #expect(throws: ReferencePath.Mismatch.self) { try reference.inserting("v", into: JSON(parsing: document)) }
    }

    @Test(arguments: ["$..a", "$.a[*]", "$.a[1:2]", "$$.a", "$x.a", "$.a[-1]", "$.a[?(@.b)]", "$['a','b']"])
    func `a path to many places, or to none of the document, is no reference path`(text: String) throws {
        #expect(ReferencePath(try JSONPath(parsing: text, dialect: .stepFunctions)) == nil)
    }
}
