import Core
import Testing

@testable import EventPattern

struct FilterTests {
    @Test(arguments: [
        (#"{"body":{"a":[1]}}"#, #"{"a":1}"#, true), (#"{"body":{"a":[1]}}"#, #"{"a":2}"#, false),
        (#"{"body":{"a":[1]}}"#, "a", false), (#"{"body":{"a":[{"exists":false}]}}"#, "a", false),
        (#"{"body":["a"]}"#, "a", true), (#"{"body":["a"]}"#, "b", false), (#"{"body":["a"]}"#, #"["a"]"#, false),
        (#"{"body":[{"prefix":"{"}]}"#, #"{"a":1}"#, false), (#"{"body":["1"]}"#, "1", true),
        (#"{"messageId":["m"]}"#, "a", true), (#"{"messageId":["m"]}"#, #"{"a":1}"#, true),
        (#"{"messageId":["n"]}"#, "a", false),
        (#"{"messageId":["m"],"body":{"a":[{"numeric":[">",0]}]}}"#, #"{"a":1}"#, true),
        (#"{"$or":[{"body":["a"]},{"body":{"a":[1]}}]}"#, #"{"a":1}"#, true),
        (#"{"$or":[{"body":["a"]},{"body":{"a":[1]}}]}"#, "a", true),
    ]) func `the body of a message is matched as what the pattern says it is`(
        _ pattern: String, _ body: String, _ accepted: Bool
    ) throws {
        let filter = try EventSourceFilter(parsing: [pattern], payloadName: "body")
        #expect(try filter.accepts(JSONObject([("messageId", "m")]), payload: Array(body.utf8)) == accepted)
    }

    @Test func `any pattern lets a record through, and none lets all through`() throws {
        let filter = try EventSourceFilter(parsing: [#"{"data":["a"]}"#, #"{"data":["b"]}"#], payloadName: "data")
        #expect(try filter.accepts(JSONObject(), payload: Array("b".utf8)))
        #expect(try !filter.accepts(JSONObject(), payload: Array("c".utf8)))
        #expect(try EventSourceFilter(parsing: [], payloadName: "data").accepts(JSONObject(), payload: [0xFF]))
        #expect(throws: EventSourceFilterFlaw.tooManyPatterns(limit: 10)) {
            try EventSourceFilter(parsing: Array(repeating: #"{"a":[1]}"#, count: 11), payloadName: "data")
        }
        #expect(throws: EventSourceFilterFlaw.self) { try EventSourceFilter(parsing: ["{}"], payloadName: "data") }
    }

    private static let attributes: [String: SubscriptionAttribute] = [
        "store": .init(type: "String", text: "example"), "price": .init(type: "Number.eur", text: "10.50"),
        "interests": .init(type: "String.Array", text: #"["rugby","tennis",3,null,{"x":"y"}]"#),
        "blob": .init(type: "Binary", text: "AAAA"), "broken": .init(type: "String.Array", text: "rugby"),
    ]

    @Test(arguments: [
        (#"{"store":["example"]}"#, true), (#"{"store":[{"anything-but":"example"}]}"#, false),
        (#"{"price":[{"numeric":["=",10.5]}]}"#, true), (#"{"price":["10.50"]}"#, false),
        (#"{"interests":["tennis"]}"#, true), (#"{"interests":[3]}"#, true), (#"{"interests":[null]}"#, true),
        (#"{"interests":["y"]}"#, false), (#"{"interests":[{"anything-but":["rugby"]}]}"#, true),
        (#"{"blob":[{"exists":false}]}"#, true), (#"{"broken":[{"exists":true}]}"#, false),
        (#"{"none":[{"exists":false}],"store":[{"prefix":"ex"}]}"#, true),
        (#"{"$or":[{"store":["x"]},{"price":[{"numeric":["<",11]}]}]}"#, true),
    ]) func `a policy about attributes`(_ policy: String, _ accepted: Bool) throws {
        let filter = try SubscriptionFilter(parsing: policy, scope: .messageAttributes)
        #expect(try filter.accepts(attributes: Self.attributes) == accepted)
    }

    @Test func `a policy about bodies wants JSON objects`() throws {
        let filter = try SubscriptionFilter(parsing: #"{"a":{"b":[1]}}"#, scope: .messageBody)
        #expect(try filter.accepts(body: Array(#"{"a":[{"b":1}]}"#.utf8)))
        for body in ["", "x", "[]", #"{"a":{"b":"1"}}"#] { #expect(try !filter.accepts(body: Array(body.utf8))) }
    }

    @Test func `policies have bounds of their own`() {
        let values = { (count: Int) in "[" + (0..<count).map(String.init).joined(separator: ",") + "]" }
        let keys = (0..<6).map { #""k\#($0)":[1]"# }.joined(separator: ",")
        let cases: [(String, SubscriptionFilter.Scope, SubscriptionFilterFlaw?)] = [
            ("{\(keys)}", .messageAttributes, .tooManyKeys(limit: 5)), ("{\(keys)}", .messageBody, nil),
            (#"{"a":{"b":[1]}}"#, .messageAttributes, .nested), (#"{"a.b":[1]}"#, .messageAttributes, nil),
            (#"{"$or":[{"a":[1]},{"b":{"c":[1]}}]}"#, .messageAttributes, .nested),
            (#"{"a":\#(values(10)),"b":\#(values(15))}"#, .messageAttributes, nil),
            (#"{"a":\#(values(10)),"b":\#(values(16))}"#, .messageAttributes, .tooComplex(limit: 150)),
            (#"{"a":{"b":{"c":\#(values(51))}}}"#, .messageBody, .tooComplex(limit: 150)),
        ]
        for (policy, scope, flaw) in cases {
            do throws(SubscriptionFilterFlaw) {
                _ = try SubscriptionFilter(parsing: policy, scope: scope)
                #expect(flaw == nil, "\(policy)")
            } catch {
                #expect(error == flaw, "\(policy)")
            }
        }
    }
}
