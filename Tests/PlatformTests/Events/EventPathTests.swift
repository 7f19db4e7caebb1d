import Core
import Testing

@testable import Platform

struct EventPathTests {
    private static let event: JSON = [
        "a": ["b": [10, ["c": "x"]], "d.e": 1, "f-g": nil], "list": ["first"], "é": true,
    ]

    @Test(arguments: [
        ("$.a.b[0]", JSON.number(JSONNumber(10))), ("$.a.b[1].c", "x"), ("$['a']['d.e']", 1), ("$.a[\"d.e\"]", 1),
        ("$.list[0]", "first"), ("$.list", JSON.array(["first"])), ("$", EventPathTests.event), ("$.é", true),
        ("$.a.f-g", JSON.null),
        ("$.absent", nil as JSON?), ("$.list[1]", nil as JSON?), ("$.list.x", nil as JSON?), ("$.a[0]", nil as JSON?),
    ])
    func `a path finds what lies there`(_ text: String, _ wanted: JSON?) throws {
        let path = try #require(EventPath(text))
        #expect(path.value(in: Self.event) == wanted)
    }

    @Test(arguments: [
        "", "a", "$a", "$.", "$..a", "$.a.", "$[", "$[]", "$[-1]", "$[1:2]", "$.a[*]", "$.*", "$[?(@.a)]", "$['a]",
        "$['']",
        "$.a b", "$[99999999999999999999]", "$['a'b']", "$." + String(repeating: "a", count: 256),
    ])
    func `what is no path is refused`(_ text: String) { #expect(EventPath(text) == nil) }
}
