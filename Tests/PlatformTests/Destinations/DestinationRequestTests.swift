import Core
import Egress
import Testing

@testable import Platform

struct DestinationRequestTests {
    private func request(
        _ endpoint: String, _ method: String = "POST", body: String = "{}",
        _ change: (inout AddedParameters) -> Void = { _ in }
    ) throws -> DestinationRequest {
        var added = AddedParameters()
        change(&added)
        return try DestinationRequest(endpoint: endpoint, method: method, added, body: Array(body.utf8))
    }

    @Test(arguments: [
        ("https://a.test/*/b/*", ["x y", "é"], "/x%20y/b/%C3%A9"),
        ("https://a.test/*?q=*", ["1", "2&z=3"], "/1?q=2%26z%3D3"),
        ("https://a.test/b", [], "/b"),
    ])
    func `stars become values that cannot be more than that`(_ endpoint: String, _ values: [String], _ path: String)
        throws
    {
        let made = try request(endpoint) { $0.path = values }
        #expect(made.address.path == path)
    }

    @Test(arguments: [[], [""], [".."], ["."], ["a/b"], ["a\\b"]])
    func `a path that would be another one is refused`(_ values: [String]) {
        #expect(throws: DestinationRequest.Flaw.address) { try request("https://a.test/*") { $0.path = values } }
    }

    @Test func `a host cannot come out of a value`() {
        #expect(throws: DestinationRequest.Flaw.address) { try request("https://*/") { $0.path = ["x/y"] } }
        #expect(throws: DestinationRequest.Flaw.address) { try request("ftp://a.test/") }
    }

    @Test(arguments: ["a\r\nB: c", "a\nb", "a\0"])
    func `a value is one line`(_ value: String) {
        #expect(throws: DestinationRequest.Flaw.header("X")) {
            try request("https://a.test/") { $0.headers = [.init(name: "X", value: value)] }
        }
    }

    @Test func `what frames a request is not said by others, and a name is a name`() throws {
        let made = try request("https://a.test/") {
            $0.headers = ["Host", "content-LENGTH", "Transfer-Encoding", "X-A"].map { .init(name: $0, value: "1") }
        }
        #expect(made.headers.map(\.name) == ["X-A"])
        #expect(throws: DestinationRequest.Flaw.header("a b")) {
            try request("https://a.test/") { $0.headers = [.init(name: "a b", value: "1")] }
        }
        var proven = made
        #expect(throws: DestinationRequest.Flaw.header("Host")) { try proven.set(.init(name: "Host", value: "b")) }
        try proven.set(.init(name: "x-a", value: "2"))
        #expect(proven.headers == [.init(name: "x-a", value: "2")])
    }

    @Test func `members are added to objects and to nothing else, and some methods have no body`() throws {
        let made = try request("https://a.test/", body: #"{"a":1}"#) { $0.body = [.init(name: "b", value: "2")] }
        #expect(String(decoding: made.body, as: UTF8.self) == #"{"a":1,"b":"2"}"#)
        #expect(throws: DestinationRequest.Flaw.bodyNotAnObject) {
            try request("https://a.test/", body: "[]") { $0.body = [.init(name: "b", value: "2")] }
        }
        let bodiless = try request("https://a.test/", "GET", body: "{}")
        #expect(bodiless.body.isEmpty)
    }

    @Test func `what a connection says goes above what a target says`() {
        var target = AddedParameters()
        target.headers = [.init(name: "X-A", value: "t"), .init(name: "X-B", value: "t")]
        target.path = ["p"]
        var connection = AddedParameters()
        connection.headers = [.init(name: "x-a", value: "c")]
        let both = target.below(connection)
        #expect(both.headers == [.init(name: "X-B", value: "t"), .init(name: "x-a", value: "c")])
        #expect(both.path == ["p"])
    }

    @Test func `values of an event stand in the place of paths`() throws {
        var target = EventTarget(id: "t", arn: "a")
        target.parameters["HttpParameters"] =
            #"{"PathParameterValues":["$.detail.id","b"],"HeaderParameters":{"X":"$.detail.n","Y":"$.none"}}"#
        let event: JSON = ["detail": ["id": "x", "n": 5]]
        let said = try #require(target.httpParameters { event })
        let added = AddedParameters(target: try JSON(parsing: said))
        #expect(added.path == ["x", "b"])
        #expect(added.headers == [.init(name: "X", value: "5"), .init(name: "Y", value: "")])
    }
}
