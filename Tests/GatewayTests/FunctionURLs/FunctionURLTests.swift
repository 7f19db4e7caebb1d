import Core
import NIOCore
import NIOHTTP1
import Platform
import Testing

@testable import Gateway

@Suite struct FunctionURLTests {
    private static let id = String(repeating: "a", count: 32)

    private func head(
        _ uri: String, _ headers: HTTPHeaders = ["host": "x"], _ method: HTTPMethod = .GET
    ) -> RequestText {
        RequestText(HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers))
    }

    private func target(_ uri: String, _ host: String = "127.0.0.1:4566") -> FunctionURLTarget? {
        FunctionURLTarget(head(uri, ["host": host]), region: .standard)
    }

    private func event(_ head: RequestText, _ body: String = "", by principal: Principal = .anonymous(.standard)) throws
        -> JSON
    {
        let target = try #require(FunctionURLTarget(head, region: .standard))
        let request = HTTPRequest(head: head, body: ByteBuffer(string: body), caller: .anyone)
        var key: String?
        if case .administrator = principal { key = "AKIA" }
        return try JSON(
            parsing: FunctionURLEvent.bytes(
                request, target, by: principal, accessKey: key, at: Instant(milliseconds: 1_583_348_638_390)))
    }

    @Test(arguments: [
        ("/_url/\(id)", "/"), ("/_url/\(id)/", "/"), ("/_url/\(id)/a/b", "/a/b"), ("/_url/\(id)//a", "//a"),
        ("/_url/\(id)/%2e%2e", "/%2e%2e"), ("/_url/\(id)/../x", "/../x"),
    ])
    func `a path names a URL, and the function sees the rest`(_ uri: String, _ path: String) throws {
        let target = try #require(self.target(uri))
        #expect((target.id, target.path, target.isPossible) == (Self.id, path, true))
    }

    @Test(arguments: ["/_url/", "/_url/x/", "/_url/\(id)a/", "/_url/../", "/_url/%61", "/_url/\(id.uppercased())/"])
    func `what is no id is known to be none`(_ uri: String) throws {
        #expect(try #require(self.target(uri)).isPossible == false)
    }

    @Test(arguments: ["/", "/2015-03-31/functions", "/_urls/\(id)/", "/a/_url/\(id)/"])
    func `other paths are other requests`(_ uri: String) { #expect(target(uri) == nil) }

    @Test(arguments: [
        ("\(id).lambda-url.us-east-1.on.aws", true), ("\(id).lambda-url.us-east-1.localhost:4566", true),
        ("\(id.uppercased()).Lambda-URL.US-EAST-1.x", true), ("\(id).lambda-url.eu-west-1.on.aws", false),
        ("\(id).lambda-url.us-east-1", false), ("\(id).lambda-url.", false), ("\(id).lambda-url", false),
        ("a.\(id).lambda-url.us-east-1.on.aws", false), ("", false), ("lambda-url", false),
    ])
    func `a host names a URL`(_ host: String, _ isURL: Bool) {
        let target = self.target("/p", host)
        #expect((target != nil) == isURL)
        if let target { #expect((target.id, target.path) == (Self.id, "/p")) }
    }

    @Test func `ids are those of hosts, and none comes twice`() {
        let ids = (0..<100).map { _ in FunctionURL(authorization: .iam, cors: nil, at: .now).id }
        #expect(Set(ids).count == 100)
        for id in ids { #expect(FunctionURL.isID(id)) }
    }

    @Test func `an event says all of a request`() throws {
        let headers: HTTPHeaders = [
            "host": "h:99", "Cookie": "a=1; b=2", "cookie": "c=3", "X-A": "1", "x-a": "2", "authorization": "secret",
            "te": "x", "user-agent": "me",
        ]
        let event = try self.event(head("/_url/\(Self.id)/p?x=1&x=2&y", headers, .POST), "text")
        #expect(event["cookies"] == ["a=1", "b=2", "c=3"])
        #expect(event["headers"]?["x-a"] == "1,2")
        #expect(event["headers"]?["authorization"] == "secret")
        #expect(event["headers"]?["te"] == nil)
        #expect(event["headers"]?["x-forwarded-port"] == "99")
        #expect(event["queryStringParameters"] == ["x": "1,2", "y": ""])
        #expect(event["body"] == "text")
        let context = try #require(event["requestContext"])
        #expect(context["time"] == "04/Mar/2020:19:03:58 +0000")
        #expect(context["timeEpoch"] == 1_583_348_638_390)
        #expect(context["http"]?["method"] == "POST")
        #expect(context["authorizer"] == nil)
    }

    @Test func `a function is not given the proof of who signed`() throws {
        let headers: HTTPHeaders = ["host": "h", "authorization": "AWS4", "x-amz-security-token": "t"]
        let event = try self.event(head("/_url/\(Self.id)/", headers), by: .administrator(.standard))
        #expect(event["headers"]?["authorization"] == nil)
        #expect(event["headers"]?["x-amz-security-token"] == nil)
        #expect(event["requestContext"]?["authorizer"]?["iam"]?["accessKey"] == "AKIA")
    }

    @Test(arguments: [
        (#""text""#, 200, #""text""#), ("null", 200, "null"), ("[1]", 200, "[1]"), (#"{"a":1}"#, 200, #"{"a":1}"#),
        ("", 200, ""), ("{broken", 200, "{broken"), (#"{"statusCode":201,"body":"x"}"#, 201, "x"),
        (#"{"statusCode":"302"}"#, 302, ""), (#"{"statusCode":200,"body":{"a":1}}"#, 200, #"{"a":1}"#),
        (#"{"statusCode":200,"body":"eA==","isBase64Encoded":true}"#, 200, "x"),
        (#"{"statusCode":200,"headers":null,"cookies":null,"body":null}"#, 200, ""),
    ])
    func `what a function returns is an answer`(_ payload: String, _ status: Int, _ body: String) throws {
        let answer = try #require(FunctionURLAnswer(Array(payload.utf8)))
        #expect((answer.status, String(decoding: answer.body, as: UTF8.self)) == (status, body))
        #expect(answer.headers.contains(.init(name: "content-type", value: "application/json")))
    }

    @Test(arguments: [
        #"{"statusCode":null}"#, #"{"statusCode":1.5}"#, #"{"statusCode":199}"#, #"{"statusCode":600}"#,
        #"{"statusCode":99999999999999999999}"#, #"{"statusCode":[]}"#, #"{"statusCode":200,"headers":1}"#,
        #"{"statusCode":200,"headers":{"":"x"}}"#, #"{"statusCode":200,"headers":{"a:":"x"}}"#,
        #"{"statusCode":200,"headers":{"a":null}}"#, #"{"statusCode":200,"cookies":[1]}"#,
        #"{"statusCode":200,"body":"%","isBase64Encoded":true}"#,
    ])
    func `what is no answer is none`(_ payload: String) { #expect(FunctionURLAnswer(Array(payload.utf8)) == nil) }

    @Test func `a function says nothing of the connection`() throws {
        let payload = #"{"statusCode":200,"headers":{"Connection":"x","Transfer-Encoding":"chunked","X-A":"1"}}"#
        let answer = try #require(FunctionURLAnswer(Array(payload.utf8)))
        #expect(answer.headers.map(\.name) == ["x-a", "content-type"])
    }

    @Test(arguments: [
        (["https://a"], "https://a", "https://a"), (["*"], "https://a", "*"),
        (["https://*"], "https://b:1", "https://b:1"),
        (["https://*"], "http://b", nil), (["https://a"], "https://a.evil", nil), ([], "https://a", nil),
        (["https://A"], "https://a", "https://a"), (["https://a"], "null", nil),
    ])
    func `pages of these origins are allowed`(_ origins: [String], _ origin: String, _ allowed: String?) throws {
        var cors = FunctionURL.CORS()
        cors.origins = origins
        cors.allowsCredentials = true
        let sharing = try #require(FunctionURLSharing(cors, head("/", ["host": "x", "origin": origin])))
        let headers = Dictionary(sharing.headers.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(headers["access-control-allow-origin"] == allowed)
        let mayShowWho = allowed != nil && allowed != "*"
        #expect((headers["access-control-allow-credentials"] != nil) == mayShowWho, "never with all origins")
    }
}
