import Core
import TestSupport
import Testing

@testable import Gateway

/// The responses of AWS's own protocol cases, written from the result a client is to read out of them.
@Suite struct WireOutputTests {
    /// Cases that cannot apply, and why.
    private static let explained: [(prefix: String, reason: String)] = [
        ("RPC JSON Event Stream", "event streams are not written yet"),
        ("REST XML Event Stream", "event streams are not written yet"),
        ("REST JSON Event Stream", "event streams are not written yet"),
        ("Lists, case 1", "the case's own model calls a string what is a structure in its response"),
    ]

    @Test(arguments: [
        ("output/json.json", 58), ("output/json_1_0.json", 32), ("output/json_1_0-query-compatible.json", 2),
        ("output/query.json", 38), ("output/rest-json.json", 91), ("output/rest-xml.json", 78),
        ("legacy/output/json.json", 18), ("legacy/output/query.json", 19), ("legacy/output/rest-json.json", 33),
        ("legacy/output/rest-xml.json", 22),
    ])
    func `results are written so that clients read them back`(file: String, recorded: Int) throws {
        let vectors = try WireVector.all(in: file)
        var (passed, identical, skipped) = (0, 0, 0)
        for vector in vectors {
            if Self.explained.contains(where: { vector.id.hasPrefix($0.prefix) }) {
                skipped += 1
                continue
            }
            do {
                identical += try WireOutputCheck(vector: vector).run() ? 1 : 0
                passed += 1
            } catch {
                Issue.record("\(file) \(vector.id): \(error)")
            }
        }
        print("\(file): \(passed) passed, \(identical) of them as in the case, \(skipped) skipped, of \(vectors.count)")
        #expect(vectors.isEmpty || passed >= recorded)
    }
}

/// One output case: the case's own response and ours are read to the same result.
struct WireOutputCheck {
    struct Difference: Error, CustomStringConvertible { let description: String }

    let vector: WireVector

    private var shapes: ShapeTable { vector.operation.shapes }

    /// Checks the case; whether our response is the case's one, but for the order of members.
    func run() throws -> Bool {
        if let error = vector.json["error"] { return try runError(error) }
        let theirs = vector.response
        let expected: WireValue
        if let member = vector.operation.output {
            expected = WireExpectation(shapes: shapes).value(vector.json["result"] ?? [:], as: member)
        } else {
            expected = .structure(WireFields())
        }
        let client = WireClient(vector: vector)
        try same(try client.output(of: theirs), expected, "their response")
        var ours = ResponseWriter.response(expected, for: vector.operation, requestID: RequestID())
        let identical = vector.isIdentical(ours)
        // A member that takes all headers takes ours, too.
        ours.headers = WireHeaders(ours.headers.fields.filter { theirs.headers[$0.name] != nil })
        try same(try client.output(of: ours), expected, "our response \(String(decoding: ours.body, as: UTF8.self))")
        guard ours.status == theirs.status else { throw Difference(description: "status \(ours.status)") }
        return identical
    }

    private func runError(_ json: JSON) throws -> Bool {
        let theirs = vector.response
        let code = vector.json["errorCode"]?.string ?? ""
        // A code without a shape is an error nobody modelled: it has no members.
        let shape = vector.operation.errorShape(code) ?? Shape(name: code, json: .null, shapes: JSONObject())
        let member = Member(name: code, use: ["shape": .string(shape.name)], shapes: vector.shapesJSON)
        let expected = WireExpectation(shapes: shapes).value(json, as: member)
        let client = WireClient(vector: vector)
        let read = try client.error(of: theirs, shape: shape)
        guard read.code == code else { throw Difference(description: "their code \(read.code)") }
        try same(read.content, expected, "their error")
        let message = vector.json["errorMessage"]?.string ?? ""
        let thrown = WireError(code, message, details: expected.fields ?? WireFields())
        let ours = ResponseWriter.response(thrown, for: vector.operation, requestID: RequestID())
        let back = try client.error(of: ours, shape: shape)
        guard back.code == code else { throw Difference(description: "our code \(back.code)") }
        guard ours.status == theirs.status else { throw Difference(description: "status \(ours.status)") }
        try same(back.content, expected, "our error \(String(decoding: ours.body, as: UTF8.self))")
        return vector.isIdentical(ours)
    }

    private func same(_ left: WireValue, _ right: WireValue, _ what: String) throws {
        let isJSON = if case .json = vector.model.identity.wireProtocol { true } else { false }
        let left = WireExpectation.normalized(left, emptyIsAbsent: !isJSON)
        let right = WireExpectation.normalized(right, emptyIsAbsent: !isJSON)
        guard left == right else {
            throw Difference(description: "\(what)\n  found    \(left.json.text)\n  expected \(right.json.text)")
        }
    }
}
