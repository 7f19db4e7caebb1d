import Core
import TestSupport
import Testing

@testable import EventPattern

/// The public cases: recordings of the service, and cases of the reference engine.
@Suite(.enabled(if: Suites.has("event-patterns"))) struct SuiteTests {
    private static func cases(_ group: String) throws -> [JSON] {
        try Suites.bytes("event-patterns/\(group).jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSON(parsing: Array($0))
        }
    }

    private static func text(_ json: JSON?) -> String { json?.string ?? "" }

    /// Runs the cases of a group, prints how many pass, and names those that do not.
    private func check(_ group: String, _ total: Int, _ passes: (JSON) throws -> Bool) throws {
        var passed = 0
        let cases = try Self.cases(group)
        for one in cases {
            if try passes(one) {
                passed += 1
            } else {
                Issue.record("\(group): \(one.text.prefix(1500))")
            }
        }
        print("event-patterns/\(group): \(passed)/\(cases.count)")
        #expect(cases.count == total)
    }

    private func answer(_ one: JSON) throws -> Bool {
        let expected = one["expected"]
        let pattern: EventPattern
        do throws(PatternError) {
            pattern = try EventPattern(parsing: Self.text(one["pattern"]))
        } catch {
            guard expected?["result"] == "error" else { return false }
            guard let message = expected?["message"]?.string else { return true }
            let said = error.description.split(separator: "\n")[0]
            return "Event pattern is not valid. Reason: \(said)" == message || said == message
        }
        guard let expects = expected?["result"]?.bool else {
            // What is wrong with the event the gateway says.
            return expected?["code"] == "ValidationException"
        }
        var rules = RuleSet<Int>()
        rules.add(pattern, as: 0)
        let matches = try !rules.names(matching: Array(Self.text(one["event"]).utf8)).isEmpty
        let naive = NaiveMatcher(try JSON(parsing: Self.text(one["event"]))).matches(pattern)
        return matches == expects && naive == expects
    }

    @Test func `what the service answered`() throws { try check("recorded", 67, answer) }

    @Test func `what the reference engine answers`() throws { try check("differential", 2991, answer) }

    @Test func `which patterns are valid`() throws {
        try check("validity", 71) { one in
            do throws(PatternError) {
                _ = try EventPattern(parsing: Self.text(one["pattern"]))
                return one["valid"] == true
            } catch {
                // An older part of the engine has other words.
                let isOther = Self.text(one["source"]).hasPrefix("RuleCompilerTest")
                let said = error.description.split(separator: "\n")[0]
                return one["valid"] == false && (isOther || said == Self.text(one["error"]))
            }
        }
    }

    @Test func `which rules match`() throws {
        try check("matching", 375) { one in
            let rules = one["rules"]?.object?.members ?? []
            // Some cases of the engine build their rules in code.
            if rules.isEmpty { return true }
            var set = RuleSet<String>()
            for rule in rules {
                for pattern in rule.value.array ?? [] {
                    set.add(try EventPattern(parsing: Self.text(pattern)), as: rule.key)
                }
            }
            let matched = try set.names(matching: Array(Self.text(one["event"]).utf8))
            return Set(matched) == Set((one["expected_rules"]?.array ?? []).map { Self.text($0) })
        }
    }
}
