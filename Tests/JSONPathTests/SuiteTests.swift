import Core
import TestSupport
import Testing

@testable import JSONPath

/// The compliance tests of RFC 9535.
@Suite(.enabled(if: Suites.has("jsonpath"))) struct SuiteTests {
    /// How many pass; the number only rises.
    private static let reached = 437

    private static func passes(_ one: JSON) throws -> Bool {
        let path: JSONPath
        do throws(PathError) {
            path = try JSONPath(parsing: one["selector"]?.string ?? "")
        } catch {
            return one["invalid_selector"] == true
        }
        guard one["invalid_selector"] == nil, let document = one["document"] else { return false }
        let nodes = try path.nodes(in: document)
        let values = JSON.array(nodes.map(\.value))
        let paths = JSON.array(nodes.map { .string($0.normalizedPath) })
        guard try path.values(in: document) == nodes.map(\.value) else { return false }
        if let result = one["result"] { return values == result && paths == one["result_paths"] ?? paths }
        let results = one["results"]?.array ?? []
        let resultPaths = one["results_paths"]?.array
        return results.indices.contains { place in
            values == results[place] && (resultPaths == nil || paths == resultPaths?[place])
        }
    }

    @Test func `the compliance tests pass`() throws {
        let cases = try Suites.bytes("jsonpath/cases.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSON(parsing: Array($0))
        }
        var passed = 0
        for one in cases {
            if try Self.passes(one) { passed += 1 } else { print("fails: \(one.text.prefix(600))") }
        }
        print("jsonpath/cases: \(passed)/\(cases.count)")
        #expect(passed >= Self.reached)
    }
}
