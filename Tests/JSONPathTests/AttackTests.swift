import Core
import Testing

@testable import JSONPath

/// Paths and documents made to cost as much as they can.
struct AttackTests {
    @Test(arguments: [
        String(repeating: "$[?", count: 5_000), "$[?" + String(repeating: "(", count: 5_000),
        "$[?" + String(repeating: "!", count: 5_000) + "@", "$[?@" + String(repeating: "[?@", count: 2_000),
        "$[?" + String(repeating: "length(", count: 2_000), "$" + String(repeating: ".a", count: 20_000),
        "$[?match(@,'" + String(repeating: "(", count: 5_000) + "')]", "$[9007199254740992]", "$[99999999999999999999]",
    ])
    func `a path that nests or grows without end is refused or harmless`(text: String) {
        for dialect in [PathDialect.rfc9535, .stepFunctions] {
            guard let path = try? JSONPath(parsing: text, dialect: dialect) else { continue }
            #expect((try? path.values(in: [[[1]]])) != nil)
        }
    }

    @Test func `descendants of descendants end at a limit`() throws {
        let path = try JSONPath(parsing: "$" + String(repeating: "..*", count: 30))
        var document: JSON = [1]
        for _ in 0..<100 { document = [document, document["x"] ?? 1] }
        #expect(throws: PathLimitExceeded.self) { try path.values(in: document) }
    }

    @Test func `filters that compare everything with everything end at a limit`() throws {
        let path = try JSONPath(parsing: "$[?count($[?count($[?count($..*) > 0]) > 0]) > 0]")
        let document = JSON.array((0..<2_000).map { .number(JSONNumber($0)) })
        #expect(throws: PathLimitExceeded.self) { try path.values(in: document) }
    }

    @Test(arguments: [
        "(a*)*b", "(a|a)*b", "(a|aa)+$", "((a?){30}){30}a{30}", "(((a{0,30}){0,30}){0,30})b", ".*.*.*.*x",
    ])
    func `a regular expression takes time that does not explode`(pattern: String) throws {
        let path = try JSONPath(parsing: "$[?search(@, '\(pattern)')]")
        let document: JSON = [.string(String(repeating: "a", count: 2_000))]
        // Found, not found, or given up: all are fast.
        _ = try? path.values(in: document)
    }

    @Test func `a regular expression that would become too large matches nothing`() {
        #expect(Regexp("((a{1000}){1000}){1000}") == nil)
        #expect(Regexp("((){1000}){1000}") == nil)
        #expect(Regexp("a{1001}") == nil)
    }

    @Test(
        arguments: [
            ("a.c", "abc", true), ("a.c", "a\nc", false), ("[a-c]+", "abc", true), ("[^a-c]", "b", false),
            (#"\p{Lu}\P{Lu}"#, "Ab", true), (#"[\p{Nd}x]+"#, "1x2", true), ("a{2,3}", "aaaa", false),
            ("(ab|cd)*", "abcdab", true),
            (#"\."#, "x", false), ("", "", true), ("a|b", "b", true), ("[-a]", "-", true), ("[a-]", "-", true),
        ] as [(String, String, Bool)])
    func `a regular expression matches a whole text`(pattern: String, text: String, matches: Bool) throws {
        var budget = 100_000
        #expect(try #require(Regexp(pattern)).matches(text, whole: true, budget: &budget) == matches)
    }

    @Test(arguments: ["*", "a{", "a{2,1}", "[b-a]", "[]", "(", ")", "a**", #"\d"#, #"\p{Xx}"#, "[a", "a]", #"\"#])
    func `what is no regular expression is refused`(pattern: String) { #expect(Regexp(pattern) == nil) }
}
