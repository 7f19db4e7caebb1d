import Core
import TestSupport
import Testing

@testable import Gateway

/// The requests of AWS's own protocol cases, read back into the parameters they were made from.
@Suite struct WireInputTests {
    /// Cases that say nothing about a server, and why.
    private static let explained: [(prefix: String, reason: String)] = [
        ("SDKAppl", "the case leaves out the compressed body"),
        ("SDKAppend", "the case leaves out the compressed body"),
        ("AwsJson10HostWithPath", "the client's endpoint has a path, which a server of its own host never sees"),
        ("RestJsonHostWithPath", "the client's endpoint has a path, which a server of its own host never sees"),
        ("RestXmlHostWithPath", "the client's endpoint has a path, which a server of its own host never sees"),
        ("QueryHostWithPath", "the client's endpoint has a path, which a server of its own host never sees"),
        ("RestJsonQueryPrecedence", "the client overwrites a map's entry, so what it was is not on the wire"),
        ("RestXmlQueryPrecedence", "the client overwrites a map's entry, so what it was is not on the wire"),
        ("Content-Type and JSON body, case 7", "the client adds a content type that the operation has a member for"),
    ]

    @Test(arguments: [
        ("input/json.json", 52), ("input/json_1_0.json", 18), ("input/json_1_0-query-compatible.json", 1),
        ("input/query.json", 35), ("input/rest-json.json", 109), ("input/rest-xml.json", 91),
        ("legacy/input/json.json", 24), ("legacy/input/query.json", 25), ("legacy/input/rest-json.json", 55),
        ("legacy/input/rest-xml.json", 45),
    ])
    func `requests read back into their parameters`(file: String, recorded: Int) throws {
        let vectors = try WireVector.all(in: file)
        var passed = 0
        var skipped = 0
        for vector in vectors {
            if Self.explained.contains(where: { vector.id.hasPrefix($0.prefix) }) {
                skipped += 1
            } else if let problem = problem(with: vector) {
                Issue.record("\(file) \(vector.id): \(problem)")
            } else {
                passed += 1
            }
        }
        print("\(file): \(passed) passed, \(skipped) not about a server, of \(vectors.count)")
        #expect(vectors.isEmpty || passed >= recorded)
    }

    private func problem(with vector: WireVector) -> String? {
        do {
            let routed = try Router.route(vector.request, to: vector.model)
            let bound = try routed.bind()
            guard let member = vector.operation.input else { return bound.fields?.isEmpty == true ? nil : "\(bound)" }
            let shapes = vector.operation.shapes
            let params = WireExpectation(shapes: shapes).value(vector.json["params"] ?? [:], as: member)
            let found = comparable(bound, params, shapes[member], shapes)
            let expected = comparable(params, params, shapes[member], shapes)
            let isJSON = if case .json = vector.model.identity.wireProtocol { true } else { false }
            let left = WireExpectation.normalized(found, emptyIsAbsent: !isJSON)
            let right = WireExpectation.normalized(expected, emptyIsAbsent: !isJSON)
            return left == right ? nil : "\n  found    \(left)\n  expected \(right)\n  \(vector.request)"
        } catch {
            return "\(error)"
        }
    }

    /// Takes away what a client adds or leaves out as it likes: tokens where the caller gave none, and of a map of all
    /// query parameters those that have a member of their own.
    private func comparable(
        _ value: WireValue, _ params: WireValue, _ shape: Shape, _ shapes: ShapeTable
    ) -> WireValue {
        var value = value
        let own = Set(shape.members.filter { $0.location == .querystring }.map(\.wireName))
        for member in shape.members {
            if member.isIdempotencyToken, params[member.name] == nil { value[member.name] = nil }
            guard member.location == .querystring, shapes[member].kind == .map, var map = value[member.name]?.fields
            else { continue }
            for name in own { map[name] = nil }
            value[member.name] = .structure(map)
        }
        return value
    }
}
