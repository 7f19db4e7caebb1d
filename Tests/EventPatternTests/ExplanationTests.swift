import Testing

@testable import EventPattern

struct ExplanationTests {
    private func explain(_ pattern: String, _ event: String) throws -> EventExplanation {
        try EventExplanation(of: EventPattern(parsing: pattern), on: Array(event.utf8))
    }

    @Test func `an event that matches needs no words`() throws {
        #expect(try explain(#"{"a":[1],"b":{"c":[{"exists":false}]}}"#, #"{"a":1}"#).matches)
    }

    @Test func `each field that does not match is told with what it should be and what it is`() throws {
        let pattern =
            #"{"source":["shop"],"detail":{"state":["paid", {"prefix":"ship"}],"id":[{"exists":true}],"x":[{"exists":false}]}}"#
        let explanation = try explain(pattern, #"{"source":"shop","detail":{"state":"placed","x":[1,"\u00e9"]}}"#)
        #expect(!explanation.matches)
        #expect(
            explanation.description == """
                detail.id is not in the event; the pattern wants [{"exists":true}]
                detail.state is "placed"; the pattern wants ["paid", {"prefix":"ship"}]
                detail.x must not be in the event, and is 1, "é"
                """)
    }

    @Test func `the alternative that lacks least comes first`() throws {
        let explanation = try explain(#"{"$or":[{"a":[1],"b":[1]},{"c":[1],"a":[2]}]}"#, #"{"a":2}"#)
        #expect(explanation.misses.map { $0.fields.map(\.path) } == [["c"], ["a", "b"]])
    }

    @Test func `fields that match in different elements are told as such`() throws {
        let explanation = try explain(#"{"a":{"x":[1],"y":[2]}}"#, #"{"a":[{"x":1},{"y":2}]}"#)
        #expect(explanation.misses.first?.fields.map(\.reason) == [.isInOtherElement, .isInOtherElement])
    }

    @Test func `many and long values are cut`() throws {
        let values = (0..<50).map { _ in "\"" + String(repeating: "x", count: 500) + "\"" }.joined(separator: ",")
        let miss = try explain(#"{"a":["y"]}"#, #"{"a":[\#(values)]}"#).misses[0].fields[0]
        #expect(miss.had.count == 10 && miss.had.allSatisfy { $0.count == 201 })
    }

    @Test func `explanations agree with rules`() throws {
        for seed in 1000..<1200 {
            var random = RandomRules(seed: UInt64(seed))
            for _ in 0..<20 {
                let (pattern, event) = (random.pattern(), Array(random.event().utf8))
                guard let pattern = try? EventPattern(parsing: pattern) else { continue }
                var rules = RuleSet<Int>()
                rules.add(pattern, as: 0)
                let matches = try !rules.names(matching: event).isEmpty
                let explanation = try EventExplanation(of: pattern, on: event)
                #expect(explanation.matches == matches)
                #expect(explanation.misses.allSatisfy { !$0.fields.isEmpty })
            }
        }
    }
}
