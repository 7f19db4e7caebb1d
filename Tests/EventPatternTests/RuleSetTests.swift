import Testing

@testable import EventPattern

struct RuleSetTests {
    private func pattern(_ text: String) throws -> EventPattern { try EventPattern(parsing: text) }

    private func names<Name>(_ rules: RuleSet<Name>, _ event: String) throws -> [Name] {
        try rules.names(matching: Array(event.utf8))
    }

    @Test func `a set without rules matches nothing, but reads the event`() throws {
        #expect(try names(RuleSet<Int>(), #"{"a":[1,{"b":"c"}]}"#).isEmpty)
        #expect(throws: EventError.notAnObject) { try names(RuleSet<Int>(), "[]") }
        #expect(throws: EventError.self) { try names(RuleSet<Int>(), #"{"a":[1}"#) }
    }

    @Test func `names come once, in the order in which they were added`() throws {
        var rules = RuleSet<String>()
        rules.add(try pattern(#"{"a":[1]}"#), as: "z")
        rules.add(try pattern(#"{"a":[{"exists":true}]}"#), as: "b")
        rules.add(try pattern(#"{"a":[{"numeric":["<",2]}]}"#), as: "z")
        #expect(try names(rules, #"{"a":1}"#) == ["z", "b"])
        #expect(try names(rules, #"{"a":0}"#) == ["b", "z"])
        #expect(rules.count == 2)
    }

    @Test func `removing a name removes all its rules, and they may come back`() throws {
        var rules = RuleSet<Int>()
        let patterns = try [#"{"a":[1],"b":[2]}"#, #"{"$or":[{"a":[1]},{"c":[3]}]}"#].map(pattern)
        for pattern in patterns { rules.add(pattern, as: 1) }
        rules.add(patterns[0], as: 2)
        rules.remove(1)
        #expect(try names(rules, #"{"a":1,"b":2,"c":3}"#) == [2])
        rules.add(patterns[1], as: 1)
        #expect(try names(rules, #"{"a":1,"b":2,"c":3}"#) == [2, 1])
        let removed = rules.remove(3)
        #expect(!removed)
    }

    @Test func `what is no longer used is given up, and nothing that is used`() throws {
        var rules = RuleSet<Int>()
        var scratch = MatchScratch()
        for round in 0..<4 {
            for name in 0..<1500 {
                rules.add(try pattern(#"{"a":["x\#(name)"],"b":[{"prefix":"y\#(round)"}]}"#), as: name)
            }
            for name in 0..<1500 where name % 100 != 0 { rules.remove(name) }
            #expect(rules.count == 15)
            let event = Array(#"{"a":["x100","x101"],"b":"y\#(round)z"}"#.utf8)
            #expect(try rules.names(matching: event, using: &scratch) == [100])
        }
        #expect(rules.size < 8000)
    }

    @Test func `a rule that comes and goes leaves nothing behind`() throws {
        var rules = RuleSet<Int>()
        let pattern = try pattern(#"{"a":[1]}"#)
        for name in 0..<5000 {
            rules.add(pattern, as: name)
            rules.remove(name)
        }
        #expect(rules.size < 2500)
        #expect(try names(rules, #"{"a":1}"#).isEmpty)
    }

    @Test func `a copy keeps its rules`() throws {
        var rules = RuleSet<Int>()
        rules.add(try pattern(#"{"a":[1]}"#), as: 1)
        let copy = rules
        rules.remove(1)
        #expect(try names(copy, #"{"a":1}"#) == [1])
        #expect(try names(rules, #"{"a":1}"#).isEmpty)
    }

    @Test func `one scratch serves sets of different sizes`() throws {
        var (small, large) = (RuleSet<Int>(), RuleSet<Int>())
        small.add(try pattern(#"{"a":[{"wildcard":"*x*"}]}"#), as: 1)
        for name in 0..<500 {
            large.add(try pattern(#"{"f\#(name)":[{"anything-but":{"wildcard":"*\#(name)*"}}]}"#), as: name)
        }
        var scratch = MatchScratch()
        for _ in 0..<3 {
            #expect(try small.names(matching: Array(#"{"a":"1x"}"#.utf8), using: &scratch) == [1])
            #expect(try large.names(matching: Array(#"{"f499":"x","f7":"a7b"}"#.utf8), using: &scratch) == [499])
        }
    }
}
