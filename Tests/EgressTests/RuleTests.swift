import Core
import NIOCore
import Testing

@testable import Egress

struct RuleTests {
    private func reason(_ text: String) -> EgressRuleError? {
        do throws(EgressRuleFault) {
            _ = try EgressRule.list(parsing: text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a rule says what it means where nothing is said`() throws {
        let rule = try #require(try EgressRule.list(parsing: #"[{"host":"API.example.com"}]"#).first)
        #expect(try rule.name == "api.example.com" && rule.host == .exact(HostName("api.example.com")))
        #expect(rule.ports == [.http: PortSet(.http), .tls: PortSet(.https)])
        let originated = try #require(
            try EgressRule.list(
                parsing: #"[{"host":"a.b","tls":"originate","headers":{"Authorization":"Bearer {{secret:T}}"}}]"#
            ).first)
        #expect(originated.ports == [.http: PortSet(.https)])
        let narrow = try #require(try EgressRule.list(parsing: #"[{"host":"a.b","paths":["/v1/**"]}]"#).first)
        #expect(narrow.ports == [.http: PortSet(.http)])
    }

    private static let mistakes: [(String, EgressRuleError?)] = [
        ("{", nil), ("{}", .notAnArray), ("[1]", .notAnObject), ("[{}]", .missing(member: "host")),
        (#"[{"host":"a.b","hots":1}]"#, .unknown(member: "hots")),
        (#"[{"host":1}]"#, .wrongType(member: "host", expected: "a text of 1 to 256 bytes")),
        (#"[{"host":"*.com"}]"#, .badHost("*.com", .badLabel)),
        (#"[{"host":"*"}]"#, .badHost("*", .badCharacter(UInt8(ascii: "*")))),
        (#"[{"host":"a.*.b"}]"#, .badHost("a.*.b", .badCharacter(UInt8(ascii: "*")))),
        (#"[{"host":"127.1"}]"#, .badHost("127.1", .oddAddress)),
        (#"[{"host":"*.0.0.1"}]"#, .badHost("*.0.0.1", .oddAddress)),
        (#"[{"host":"a.b","ports":[0]}]"#, .badPort("0")), (#"[{"host":"a.b","ports":["9-8"]}]"#, .badPort("\"9-8\"")),
        (#"[{"host":"a.b","ports":[65536]}]"#, .badPort("65536")),
        (#"[{"host":"a.b","methods":["TRACE"]}]"#, .badMethod("TRACE")),
        (#"[{"host":"a.b","methods":["G T"]}]"#, .badMethod("G T")),
        (#"[{"host":"a.b","paths":["v1"]}]"#, .badPath("v1")),
        (#"[{"host":"a.b","paths":["/a/../b"]}]"#, .badPath("/a/../b")),
        (#"[{"host":"a.b","paths":["/a*"]}]"#, .badPath("/a*")),
        (#"[{"host":"a.b","paths":["/**/a"]}]"#, .badPath("/**/a")),
        (#"[{"host":"a.b","addresses":["10.0.0.1/8"]}]"#, .badAddress("10.0.0.1/8")),
        (#"[{"host":"a.b","speak":["udp"]}]"#, .unknownSpeech("udp")),
        (#"[{"host":"a.b","speak":["tcp"]}]"#, .needsPorts(.tcp)),
        (#"[{"host":"a.b","speak":["tls"],"paths":["/a"]}]"#, .unseen(member: "paths", in: .tls)),
        (#"[{"host":"a.b","speak":["tls"],"methods":["GET"]}]"#, .unseen(member: "methods", in: .tls)),
        (#"[{"host":"a.b","tls":"maybe"}]"#, .unknownTLS("maybe")),
        (#"[{"host":"a.b","headers":{"a":"b"}}]"#, .needsOrigination(member: "headers")),
        (#"[{"host":"a.b","tls":"originate","speak":["http","tls"]}]"#, .originationNeedsHTTP),
        (#"[{"host":"10.0.0.0/8","tls":"originate"}]"#, .originationToBlock),
        (#"[{"host":"a.b","tls":"originate","headers":{"Host":"x"}}]"#, .reservedHeader("Host")),
        (#"[{"host":"a.b","tls":"originate","headers":{"a b":"x"}}]"#, .badHeaderName("a b")),
        (#"[{"host":"a.b","tls":"originate","headers":{"a":"{{secret:}}"}}]"#, .badTemplate("{{secret:}}")),
        (#"[{"host":"a.b","tls":"originate","headers":{"a":"{{ secret:A }}"}}]"#, .badTemplate("{{ secret:A }}")),
        (#"[{"host":"a.b","tls":"originate","headers":{"a":"b\r\nc"}}]"#, .badTemplate("b\r\nc")),
        (#"[{"host":"a.b","tls":"originate","headers":{"a":"{{secret:A}"}}]"#, .badTemplate("{{secret:A}")),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named`(text: String, expected: EgressRuleError?) {
        let found = reason(text)
        if let expected { #expect(found == expected) } else { #expect(found != nil) }
    }

    @Test func `a mistake has a place`() {
        #expect(throws: EgressRuleFault(rule: 1, reason: .missing(member: "host"))) {
            try EgressRule.list(parsing: #"[{"host":"a.b"},{}]"#)
        }
    }

    @Test func `a pattern of paths means whole segments`() throws {
        func matches(_ pattern: String, _ path: String) throws -> Bool {
            try PathPattern(pattern).matches(CanonicalPath(path))
        }
        #expect(try matches("/v1/items", "/v1/items") && matches("/v1/*/x", "/v1/7/x") && matches("/", "/"))
        #expect(try matches("/v1/**", "/v1/") && matches("/v1/**", "/v1/a/b") && matches("/**", "/"))
        #expect(try !matches("/v1/**", "/v1") && !matches("/v1/**", "/v10/a") && !matches("/v1/*", "/v1/"))
        #expect(try !matches("/v1/*", "/v1/a/b") && !matches("/v1/items", "/v1/items/") && !matches("/v1", "/V1"))
        #expect(try matches("/a/", "/a/") && !matches("/a/", "/a"))
    }

    @Test(arguments: [
        "/a/../b", "/..", "/a/.", "/a/%2e%2E/b", "/%2e", "/a/.%2e/b", "/a//b", "//a", "/a%2fb", "/a%2Fb", "/a%5cb",
        "/a\\b", "/a%00b", "/a%0d%0ab", "/a%252e", "/a%", "/a%4", "/a%zz", "/a/..;x=y/b", "/a/.;/b", "a", "", "/a b",
        "/ü", "/a\"b", "/a%7f",
    ])
    func `a path that servers read in different ways is refused`(path: String) {
        #expect(throws: PathError.self) { try CanonicalPath(path) }
    }

    @Test func `a path has one form`() throws {
        #expect(try CanonicalPath("/%61%2d%7Eb/%c3%a9;a=b:@").text == "/a-~b/%C3%A9;a=b:@")
        #expect(try CanonicalPath("/a/").text == "/a/")
        #expect(try CanonicalPath("/...").text == "/...")
    }

    @Test func `limits are read with their errors`() throws {
        let limits = try EgressLimits(["requestsPerSecond": 5, "idleMilliseconds": 100])
        #expect(limits.requestsPerSecond == 5 && limits.idleTime == .milliseconds(100))
        #expect(throws: EgressRuleError.badLimit(member: "bytesIn")) { try EgressLimits(["bytesIn": 0]) }
        #expect(throws: EgressRuleError.unknown(member: "x")) { try EgressLimits(["x": 1]) }
    }
}
