import Core
import TestSupport
import Testing

@testable import Gateway

/// The requests of AWS's own protocol cases, read back into the parameters they were made from.
@Suite struct WireInputTests {
    @Test(arguments: [
        ("input/json.json", 51), ("input/json_1_0.json", 16), ("input/json_1_0-query-compatible.json", 1),
        ("input/query.json", 34), ("input/rest-json.json", 100), ("input/rest-xml.json", 88),
        ("legacy/input/json.json", 22), ("legacy/input/query.json", 24), ("legacy/input/rest-json.json", 54),
        ("legacy/input/rest-xml.json", 44),
    ])
    func `requests read back into their parameters`(file: String, recorded: Int) throws {
        let vectors = try WireVector.all(in: file)
        var passed = 0
        for vector in vectors {
            if let problem = problem(with: vector) { print("\(file) \(vector.id): \(problem)") } else { passed += 1 }
        }
        print("\(file): \(passed) of \(vectors.count)")
        #expect(vectors.isEmpty || passed >= recorded)
    }

    private func problem(with vector: WireVector) -> String? {
        do {
            let routed = try Router.route(vector.request, to: vector.model)
            let found = try routed.bind()
            guard let member = vector.operation.input else { return found.fields?.isEmpty == true ? nil : "\(found)" }
            let expected = WireExpectation(shapes: vector.operation.shapes)
                .value(vector.json["params"] ?? [:], as: member)
            let isJSON = vector.file.contains("json") && !vector.file.contains("rest")
            let left = WireExpectation.normalized(found, emptyIsAbsent: !isJSON)
            let right = WireExpectation.normalized(expected, emptyIsAbsent: !isJSON)
            return left == right ? nil : "\n  found    \(left)\n  expected \(right)\n  \(vector.request)"
        } catch {
            return "\(error)"
        }
    }
}
