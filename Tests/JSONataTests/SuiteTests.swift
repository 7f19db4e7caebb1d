import Core
import TestSupport
import Testing

@testable import JSONata

/// The public cases of the language: expression, input and variables, and the result or the code of the error.
@Suite(.enabled(if: Suites.has("jsonata/cases.jsonl"))) struct SuiteTests {
    private struct Group {
        var passed = 0
        var total = 0
    }

    private static func cases() throws -> [JSON] {
        try Suites.bytes("jsonata/cases.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSON(parsing: Array($0))
        }
    }

    /// What a case gives, in the words of the cases.
    private func answer(_ one: JSON, _ dialect: Dialect) -> JSON {
        var bindings: [String: JSON] = [:]
        for member in one["bindings"]?.object?.members ?? [] { bindings[member.key] = member.value }
        var limits = EvaluationLimits(steps: 2_000 * Int(one["timelimit"]?.integer ?? 5_000), bytes: 1 << 30)
        if let depth = one["depth"]?.integer { limits.depth = Int(depth) }
        do throws(JSONataError) {
            let expression = try JSONataExpression(parsing: one["expr"]?.string ?? "", dialect: dialect)
            let input = one["has_input"] == true ? one["input"] : nil
            let value = try expression.value(of: input, bindings: bindings, limits: limits)
            return value.map { ["result": $0] } ?? ["undefined": true]
        } catch {
            return ["error": .string(error.code)]
        }
    }

    private func isSame(_ left: JSON?, _ right: JSON?, unordered: Bool) -> Bool {
        switch (left, right) {
        case (.number(let one)?, .number(let two)?):
            // The cases were written down by another program, in its own digits.
            return one.double == two.double || abs(one.double - two.double) <= 1e-14 * abs(one.double)
        case (.array(let one)?, .array(let two)?):
            guard one.count == two.count else { return false }
            if unordered { return one.allSatisfy { element in two.contains { isSame(element, $0, unordered: false) } } }
            return zip(one, two).allSatisfy { isSame($0, $1, unordered: false) }
        case (.object(let one)?, .object(let two)?):
            return one.count == two.count
                && one.members.allSatisfy { isSame($0.value, two[$0.key], unordered: unordered) }
        default: return left == right
        }
    }

    /// Runs the cases, prints how many of each group pass, and names those that do not.
    private func check(_ dialect: Dialect, where isChosen: (JSON) -> Bool, passing: Int) throws {
        var groups: [String: Group] = [:]
        var failed: [String] = []
        for one in try Self.cases() where isChosen(one) {
            let name = one["name"]?.string ?? ""
            let group = String(name.prefix { $0 != "/" })
            let answer = answer(one, dialect)
            let passes = isSame(answer, one["expected"], unordered: one["unordered"] == true)
            groups[group, default: Group()].total += 1
            if passes {
                groups[group, default: Group()].passed += 1
            } else {
                failed.append("\(name): \(answer.text.prefix(300))")
            }
        }
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            print("jsonata/\(name): \(group.passed)/\(group.total)")
        }
        let passed = groups.values.reduce(0) { $0 + $1.passed }
        print("jsonata (\(dialect)): \(passed)/\(groups.values.reduce(0) { $0 + $1.total })")
        #expect(passed >= passing, "\(failed.joined(separator: "\n"))")
        for one in failed { print("not passed: \(one)") }
    }

    @Test func `what the reference implementation answers`() throws {
        try check(.standard, where: { _ in true }, passing: 1003)
    }

    @Test func `what Step Functions leaves of it`() throws {
        // What takes long is the same in both.
        try check(.stepFunctions, where: { $0["asl"] == true && $0["timelimit"] == nil }, passing: 984)
    }
}
