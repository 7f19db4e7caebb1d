import NIOCore
import Testing

@testable import Egress

struct MessageTests {
    private func request(_ text: String) -> Result<ProxyRequest, RequestFault> {
        do throws(HTTPSyntaxError) {
            let head = try MessageHead(parsing: Array(text.utf8))
            do throws(RequestFault) { return .success(try ProxyRequest(head)) } catch { return .failure(error) }
        } catch {
            return .failure(.syntax(error))
        }
    }

    private func fault(_ text: String) -> RequestFault? {
        if case .failure(let fault) = request(text) { fault } else { nil }
    }

    @Test(arguments: [
        ("GET http://a/ HTTP/1.1\nHost: a\n\n", HTTPSyntaxError.startLine),
        ("GET http://a/ HTTP/1.1\r\nHost: a\n\r\n", .field), ("GET http://a/ HTTP/1.1\r\nHost : a\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\n Host: a\r\n\r\n", .field), ("GET http://a/ HTTP/1.1\r\n: a\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\nHost: a\rb\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\nHost: a\u{7F}\r\n\r\n", .field),
        ("GET http://a/ HTTP/1.1\r\n\r\n", .host), ("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .host),
        ("GET  http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("GET\thttp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("GET http://a/ HTTP/1.1 \r\nHost: a\r\n\r\n", .version),
        ("GET http://a/ HTTP/2.0\r\nHost: a\r\n\r\n", .version),
        ("GET http://a/ HTTP/1.2\r\nHost: a\r\n\r\n", .version), ("GET http://a/\r\nHost: a\r\n\r\n", .startLine),
        ("G(T http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", .ambiguousLength),
        (
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .ambiguousLength
        ),
        (
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .ambiguousLength
        ),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .ambiguousLength),
        ("POST http://a/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: host\r\n\r\n", .connection),
        (
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: x, Content-Length\r\n\r\n",
            .connection
        ),
    ])
    func `what two parsers could read differently is refused`(text: String, expected: HTTPSyntaxError) {
        #expect(fault(text) == .syntax(expected), "\(text)")
    }

    @Test(arguments: [
        ("/path", TargetError.originForm), ("*", .notHTTP), ("ftp://a/", .notHTTP), ("http:/a/", .notHTTP),
        ("a.b/c", .notHTTP), ("https://a/", .secureScheme), ("http://u@a/", .userInfo), ("http://u:p@a/", .userInfo),
        ("http://evil@a/", .userInfo), ("http://a:0/", .badPort), ("http://a:99999/", .badPort),
        ("http://a:/", .badPort),
        ("http://a:080/", .badPort), ("http://a:+80/", .badPort), ("http:///b", .badHost(.empty)),
        ("http://a%2fb/", .badHost(.badCharacter(UInt8(ascii: "%")))), ("http://a\\b/", .badHost(.badCharacter(92))),
        ("http://a/b\\c", .badCharacter), ("http://a/b#c", .badCharacter), ("http://a#@b/", .badCharacter),
        ("http://127.1/", .badHost(.oddAddress)), ("http://0x7f000001/", .badHost(.oddAddress)),
        ("http://[::1%25lo]/", .badHost(.badAddress)), ("http://[::1]x/", .badHost(.badAddress)),
        ("http://bücher/", .badCharacter),
    ])
    func `a target that is not plainly one is refused`(target: String, expected: TargetError) {
        #expect(fault("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == .target(expected))
    }

    @Test func `the Host must be the target's`() {
        for host in ["b", "a:81", "a.", "evil.com", "a, b", "", "a@b"] {
            let isSame = host == "a."
            #expect((fault("GET http://a/ HTTP/1.1\r\nHost: \(host)\r\n\r\n") == .hostDiffers) != isSame, "\(host)")
        }
        #expect(fault("GET http://a/ HTTP/1.1\r\nHost: A:80\r\n\r\n") == nil)
        #expect(fault("CONNECT a:443 HTTP/1.1\r\nHost: b:443\r\n\r\n") == .hostDiffers)
        #expect(fault("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
        #expect(fault("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n") == .target(.noPort))
        #expect(fault("CONNECT http://a:443/ HTTP/1.1\r\nHost: a\r\n\r\n") != nil)
        #expect(fault("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n") == .bodyInConnect)
        #expect(fault("TRACE http://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == .method("TRACE"))
        #expect(fault("GET http://a/ HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n") == .expectation)
    }

    private func body(_ text: String, _ framing: BodyFraming) throws(HTTPSyntaxError) -> (String, ended: Bool) {
        var reader = BodyReader(framing)
        var buffer = ByteBuffer(string: text)
        var result = ""
        while let piece = try reader.next(from: &buffer) {
            switch piece {
            case .data(let bytes): result += String(buffer: bytes)
            case .end: return (result, true)
            }
        }
        return (result, false)
    }

    @Test func `chunks are put together without their extensions and trailers`() throws {
        #expect(try body("3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\nT: x\r\n\r\nGET", .chunked) == ("abcde", true))
        #expect(try body("00000003\r\nabc\r\n", .chunked) == ("abc", false))
        #expect(try body("abcdef", .length(4)) == ("abcd", true))
        #expect(try body("abc", .length(4)) == ("abc", false))
        #expect(try body("abc", .untilClose) == ("abc", false))
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", "1 1\r\na", "1\na\r\n", "1\r\nab\r\n",
        "1\r\na\n0\r\n",
        "1\r\na0\r\n\r\n", "100000000\r\n", "FFFFFFFFFFFFFFFF\r\n", "1;\u{0}\r\na", "1;a\rb\r\na", "1;a\nb\r\n",
        "0\r\nbad trailer\r\n\r\n", "0\r\n : x\r\n\r\n", "1;" + String(repeating: "x", count: 300) + "\r\na\r\n",
        "0\r\n" + String(repeating: "T: x\r\n", count: 2000) + "\r\n", " 1\r\na\r\n", "1\r\n\r\n\r\n\r\n",
    ])
    func `odd chunks are refused`(text: String) {
        #expect(throws: HTTPSyntaxError.self) { try body(text, .chunked) }
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 No\r\n\r\n", "HTTP/2 200\r\n\r\n",
        "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func `an answer is read as strictly as a request`(text: String) {
        #expect(throws: HTTPSyntaxError.self) {
            try ServerResponse(MessageHead(parsing: Array(text.utf8)), method: "GET")
        }
    }
}
