import Core
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// Requests made to break a parser: each ends in a 4xx with a reason, written in the caller's protocol.
@Suite struct WireAttackTests {
    private static let deep = String(repeating: "[", count: 100_000)
    private static let path = "/2015-03-31/functions"

    @Test func `an accent behind a separator does not hide it from the router while the signature sees it`() throws {
        let head = RequestText(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/a?\u{301}b=c&\u{301}d==\u{301}e?f"))
        let request = WireRequest(HTTPRequest(head: head, body: ByteBuffer(), caller: .anyone))
        #expect(request.rawPath.utf8.elementsEqual("/a".utf8))
        #expect(request.rawQuery.utf8.elementsEqual("\u{301}b=c&\u{301}d==\u{301}e?f".utf8))
        let pairs = try PercentCoding.pairs(request.rawQuery)
        #expect(pairs.map(\.name) == ["\u{301}b", "\u{301}d"])
        #expect(pairs.map(\.value) == ["c", "=\u{301}e?f"])
    }

    @Test(arguments: [
        "<a:1/>", "<a:/>", "<:a/>", "<a:-b/>", "<.a/>", "<a>&#+65;</a>", "<a>&#x+41;</a>", "<a b:2='c'/>",
    ])
    func `a name that is none behind its prefix, and a reference with a sign, are no XML`(text: String) {
        #expect(throws: Malformed.self) { try XMLReader.root(of: Array(text.utf8)) }
    }

    @Test(arguments: [
        WireRequests.make("lambda", path: path, body: #"{"Code":"# + deep),
        WireRequests.make("lambda", path: path, body: String(repeating: #"{"Environment":"#, count: 50_000)),
        WireRequests.make("lambda", path: path, body: #"{"MemorySize":1e999999999}"#),
        WireRequests.make(
            "lambda", path: path, body: #"{"MemorySize":"# + String(repeating: "9", count: 200_000) + "}"),
        WireRequests.make("lambda", path: path, body: #"{"MemorySize":4294967297}"#),
        WireRequests.make("lambda", path: path, body: #"{"MemorySize":1.5}"#),
        WireRequests.make("lambda", path: path, body: #"{"FunctionName":7}"#),
        WireRequests.make("lambda", path: path, body: #"{"Code":{"ZipFile":"%%%"}}"#),
        WireRequests.make("lambda", path: path, body: #"["FunctionName"]"#),
        WireRequests.make("lambda", path: path, body: #"{"FunctionName":null}"#),
        WireRequests.make("lambda", path: path, bytes: Array(#"{"FunctionName":""#.utf8) + [0xC3, 0x28, 0x22, 0x7D]),
        WireRequests.make("lambda", path: path, bytes: [0x1F, 0x8B, 0x08, 0x00]),
        WireRequests.make("lambda", method: "GET", path: path + "/%zz"),
        WireRequests.make("lambda", method: "GET", path: path + "/%"),
        WireRequests.make("lambda", method: "GET", path: path + "/%ff%fe"),
        WireRequests.make("lambda", method: "GET", path: path + "/../.."),
        WireRequests.make("lambda", method: "GET", path: path + "/..%2F..%2Fetc%2Fpasswd"),
        WireRequests.make("lambda", method: "GET", path: path + "/%00"),
        WireRequests.make("lambda", method: "GET", path: path + "/../../../etc/passwd"),
        WireRequests.make("lambda", method: "GET", path: String(repeating: "/a", count: 100_000)),
        WireRequests.make("lambda", method: "GET", path: path + "/" + String(repeating: "a", count: 1_000_000)),
        WireRequests.make("lambda", method: "GET", path: path, query: "MaxItems=%"),
        WireRequests.make("lambda", method: "GET", path: path, query: "MaxItems=99999999999999999999"),
        WireRequests.make("lambda", method: "GET", path: path, query: "MaxItems=0x10"),
        WireRequests.make("lambda", method: "GET", path: "no slash"), WireRequests.make("lambda", method: "", path: ""),
        WireRequests.form("iam", "Action=GetRole&RoleName=..%2F..%2Fx"), WireRequests.form("iam", "Action=GetRole&%"),
        WireRequests.form("iam", "Action=GetRole&RoleName=%C3%28"), WireRequests.form("iam", "&&&=&=&"),
        WireRequests.form(
            "iam", "Action=TagRole&RoleName=r&Tags" + String(repeating: ".member.1", count: 50_000) + "=x"),
        WireRequests.form("iam", "Action=TagRole&RoleName=r&Tags=x"),
        WireRequests.form("iam", "Action=TagRole&RoleName=r&Tags.member.1=x&Tags.member.99999999999999999999=y"),
        WireRequests.form("iam", "Action=GetRole&RoleName.member.1=x"),
        WireRequests.make("iam", bytes: [0x41, 0xFF, 0xFE]),
        WireRequests.json("logs", "Logs_20140328.PutLogEvents", deep),
        WireRequests.json("logs", "Logs_20140328.GetLogEvents", #"{"startTime":99999999999999999999}"#),
        WireRequests.json("logs", "..", "{}"), WireRequests.json("logs", "", "{}"),
        WireRequests.json("../../etc/passwd", "Logs_20140328.PutLogEvents", "{}"),
    ])
    func `a hostile request is refused with a reason`(request: WireRequest) throws {
        let failure = try #require(WireRequests.failure(request))
        #expect(!failure.error.message.isEmpty)
        let response = ResponseWriter.response(failure, requestID: RequestID())
        #expect((400..<500).contains(response.status))
        #expect(response.body.count < 20_000)
        switch failure.dialect.wireProtocol {
        case .json, .restJSON:
            #expect(try JSON(parsing: response.body)["message"]?.string == failure.error.message)
            #expect(response.headers["x-amzn-ErrorType"] == failure.error.code)
        case .query, .restXML:
            let error = try XMLReader.root(of: response.body).child("Error")
            #expect(error?.child("Code")?.text == failure.error.code)
        }
    }

    @Test(arguments: [
        "", "<", "<a", "<a>", "</a>", "<a></b>", "<a/><b/>", "text", "<a>&nope;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a b></a>", "<a b='1' b='2'/>", "<a b='<'/>", "<a>&amp</a>", "<1/>", "<a b='1'c='2'/>", "<a>\u{1}</a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<a><![CDATA[</a>",
        "<a><!-- </a>", "<![CDATA[x]]><a/>",
    ])
    func `what is not well-formed XML is refused`(text: String) {
        #expect(throws: Malformed.self) { try XMLReader.root(of: Array(text.utf8)) }
    }

    @Test func `XML nests only so deep, and only in UTF-8`() throws {
        let deep = String(repeating: "<a>", count: 1_000_000)
        #expect(throws: Malformed.self) { try XMLReader.root(of: Array(deep.utf8)) }
        #expect(throws: Malformed.self) { try XMLReader.root(of: Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) }
        let text = "\u{FEFF}<?xml version='1.0'?><!-- c --><x:a k=\"&lt;&#x41;\"> &amp;<![CDATA[<&]]>é<b/></x:a>\n"
        let root = try XMLReader.root(of: Array(text.utf8))
        #expect(root == XMLNode(name: "a", attributes: ["k": "<A"], children: [XMLNode(name: "b")], text: " &<&é"))
    }

    @Test func `a header stays on its line whatever a handler puts into it`() throws {
        let operation = try #require(ServiceCatalog.embedded.model(named: "lambda")?.operations["Invoke"])
        let response = ResponseWriter.response(
            ["StatusCode": 200, "ExecutedVersion": "1\r\nSet-Cookie: x", "Payload": .blob([1])], for: operation,
            requestID: RequestID())
        #expect(response.headers["X-Amz-Executed-Version"] == "1  Set-Cookie: x")
        #expect(response.body == [1])
    }
}
