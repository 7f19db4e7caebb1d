import Core
import Testing

@testable import StatesLanguage

/// Calls of intrinsic functions, and what they refuse.
struct IntrinsicTests {
    private static let scope = Scope(
        document: ["n": 5, "s": "a b", "list": [1, 2, 2, 3], "o": ["x": 1], "t": "Hi {}!"],
        context: ["Execution": ["Id": "id"]], variables: ["v": [7, 8]])

    private static func value(_ text: String) throws -> JSON? {
        var evaluation = Evaluation(
            surroundings: .test, chance: Chance("seed"), now: Instant(milliseconds: 1_700_000_000_000))
        return try #require(PathExpression(text)).value(in: scope, &evaluation)
    }

    @Test(arguments: [
        ("States.Format('x')", #""x""#), ("States.Format('{} is {}', $.s, $.n)", #""a b is 5""#),
        (#"States.Format('\{\} \'{}\' \\', true)"#, #""{} 'true' \\""#), ("States.Format($.t, null)", #""Hi null!""#),
        ("States.Array()", "[]"), ("States.Array(1, 'a', $.o, null)", #"[1,"a",{"x":1},null]"#),
        ("States.ArrayPartition($.list, 3)", "[[1,2,2],[3]]"), ("States.ArrayContains($.list, 2.0)", "true"),
        ("States.ArrayContains($.list, 9)", "false"), ("States.ArrayRange(1, 9, 3)", "[1,4,7]"),
        ("States.ArrayRange(3, 1, -1)", "[3,2,1]"), ("States.ArrayRange(3, 1, 1)", "[]"),
        ("States.ArrayGetItem($v, 1)", "8"), ("States.ArrayLength($.list)", "4"),
        ("States.ArrayUnique($.list)", "[1,2,3]"), ("States.Base64Encode('Hi')", #""SGk=""#),
        ("States.Base64Decode('SGk=')", #""Hi""#), ("States.JsonToString($.o)", #""{\"x\":1}""#),
        (#"States.StringToJson('{"a":[1]}')"#, #"{"a":[1]}"#), ("States.JsonMerge($.o, $.o, false)", #"{"x":1}"#),
        ("States.MathAdd(-1.5, 4)", "3"), ("States.StringSplit('a,b+c,,d', ',+')", #"["a","b","c","d"]"#),
        ("States.ArrayGetItem(States.StringSplit($.s, ' '), States.MathAdd(0, 1))", #""b""#),
        ("States.Format('{}', $$.Execution.Id)", #""id""#), ("  States.ArrayLength( $.list )  ", "4"),
        ("States.MathRandom(3, 4)", "3"), ("States.Hash('x', 'MD5')", #""9dd4e461268c8034f5c8564e155c67a6""#),
    ])
    func `a call has its value`(text: String, expected: String) throws {
        #expect(try Self.value(text)?.text == expected)
    }

    @Test(arguments: [
        "States.Format('{}')", "States.Format('x', 1)", "States.Format('{')", "States.Format($.n)",
        "States.ArrayGetItem($.list, 4)", "States.ArrayGetItem($.list, -1)", "States.ArrayPartition($.list, 0)",
        "States.ArrayRange(0, 1000000000, 1)", "States.ArrayRange(0, 1, 0)", "States.ArrayLength($.n)",
        "States.Base64Decode('?')", "States.Hash('x', 'CRC')", "States.JsonMerge($.o, $.n, false)",
        "States.JsonMerge($.o, $.o, true)", "States.MathAdd(2147483647, 1)", "States.MathAdd(1e300, 1)",
        "States.MathAdd('1', 1)", "States.MathRandom(4, 4)", "States.StringToJson('{')", "States.StringSplit($.n, ',')",
        "States.ArrayRange(-2147483648, 2147483647, 1)",
    ])
    func `arguments that do not fit are an intrinsic failure`(text: String) throws {
        let failure = try #require(throws: StateFailure.self) { try Self.value(text) }
        #expect(failure.error == ErrorName.intrinsicFailure)
        #expect(failure.cause?.hasPrefix("The function '\(text)' had the following error: ") == true)
    }

    @Test func `a path that leads nowhere is an error of the run`() throws {
        let failure = try #require(throws: StateFailure.self) { try Self.value("States.ArrayLength($.missing)") }
        #expect(failure.error == ErrorName.runtime)
    }

    @Test(arguments: [
        "States.Unknown()", "States.UUID(1)", "States.Array(", "States.Array(1,)", "States.Format('x'",
        "States.Format('x) ",
        "States.Array([1])", "States.Array({})", "States.Array(\"x\")", "states.Array()", "States.Array() x",
        String(repeating: "States.Array(", count: 11) + String(repeating: ")", count: 11), "",
    ])
    func `what is no call is refused`(text: String) { #expect(PathExpression(text) == nil) }

    @Test func `random values and ids come again with the same seed, and look like what they are`() throws {
        let uuid = try #require(try Self.value("States.UUID()")?.string)
        #expect(try Self.value("States.UUID()")?.string == uuid)
        #expect(uuid.count == 36 && Array(uuid)[14] == "4" && "89ab".contains(Array(uuid)[19]))
        #expect(try Self.value("States.MathRandom(0, 1000, 7)") == Self.value("States.MathRandom(0, 1000, 7)"))
    }

    @Test func `a text that grows with every call ends at a limit`() throws {
        let call = "States.Format('{}{}{}{}', $.big, $.big, $.big, $.big)"
        let scope = Scope(document: ["big": .string(String(repeating: "x", count: 100_000))])
        var evaluation = Evaluation(surroundings: .test, chance: Chance("seed"), now: Instant(milliseconds: 0))
        #expect(throws: StateFailure.self) { try PathExpression(call)?.value(in: scope, &evaluation) }
    }
}
