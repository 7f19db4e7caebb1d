import Core
import NIOCore
import NIOHTTP1
import Platform
import Testing

@testable import Gateway

extension SignatureVerifier {
    /// Verifies a request in the form that tests change with ease.
    mutating func verify(
        _ head: HTTPRequestHead, body: ByteBuffer?, now: Instant
    ) throws(AuthenticationError) -> Outcome { try verify(RequestText(head), body: body, now: now) }
}

private func parse(_ text: String) throws(RequestSyntaxError) -> (RequestText, RequestFraming) {
    var framing: RequestFraming?
    let head = try RequestText(parsing: Array(text.utf8).span, framing: &framing)
    guard let framing else { throw .header }
    return (head, framing)
}

private func refusal(_ text: String) -> RequestSyntaxError? {
    do throws(RequestSyntaxError) { _ = try parse(text) } catch { return error }
    return nil
}

@Suite struct RequestParsingTests {
    @Test func `a head is read into its parts, names in lower case and values without blanks around them`() throws {
        let (head, framing) = try parse(
            "POST /a%2Fb?c=d HTTP/1.1\r\nHOST: x\r\nX-Amz-Date: \t 2026  \t\r\nContent-Length: 12\r\nEmpty:\r\n\r\n")
        #expect(head.text(head.method) == "POST" && head.text(head.target) == "/a%2Fb?c=d")
        #expect(head.text(head.path) == "/a%2Fb" && head.query.map(head.text) == "c=d")
        #expect(head.header("host") == "x" && head.header("x-amz-date") == "2026" && head.header("empty") == "")
        #expect(framing == RequestFraming(body: .length(12), keepsAlive: true, expectsContinue: false))
    }

    @Test(arguments: [
        ("Connection: close\r\n", "1.1", false), ("connection: Keep-Alive, Close\r\n", "1.1", false), ("", "1.1", true),
        ("", "1.0", false), ("Connection: keep-alive\r\n", "1.0", true), ("Connection: closed\r\n", "1.1", true),
    ])
    func `a connection is kept as version and header say`(line: String, version: String, isKept: Bool) throws {
        #expect(try parse("GET / HTTP/\(version)\r\nHost: x\r\n\(line)\r\n").1.keepsAlive == isKept)
    }

    @Test(arguments: [
        "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /", "GET / a HTTP/1.1", "G@T / HTTP/1.1", " GET / HTTP/1.1",
        "GET /\0 HTTP/1.1", "GET http://x/ HTTP/1.1", "CONNECT a:1 HTTP/1.1", "OPTIONS * HTTP/1.1", "",
    ])
    func `a request line of another form is refused`(line: String) {
        #expect([.requestLine, .version].contains(refusal("\(line)\r\nHost: x\r\n\r\n")))
    }

    @Test(arguments: ["HTTP/9.9", "HTTP/2.0", "http/1.1", "HTTP/1.2", "HTTP/1.10"])
    func `another version is refused`(version: String) {
        #expect([.version, .requestLine].contains(refusal("GET / \(version)\r\nHost: x\r\n\r\n")))
    }

    @Test(arguments: [
        "A : b", "A\t: b", "A: b\r\n c", "A: b\r\n\tc", "A: b\nB: c", "A: b\u{0}c", "A: b\u{7F}", "A b", ": b", "Ä: b",
        "A: b\rB: c", "A: b\r\r",
    ])
    func `a header that could be read in two ways is refused`(line: String) {
        #expect(refusal("GET / HTTP/1.1\r\nHost: x\r\n\(line)\r\n\r\n") == .header)
    }

    @Test(arguments: [
        "Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: +1",
        "Content-Length: -1", "Content-Length: 1, 1", "Content-Length: 0x1", "Content-Length:",
        "Content-Length: 99999999999999999999", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked, identity",
    ])
    func `a length that is not clear is refused`(lines: String) {
        #expect(refusal("POST / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n") == .ambiguousLength)
    }

    @Test func `there is exactly one host, and HTTP 1 0 has no chunks`() {
        #expect(refusal("GET / HTTP/1.1\r\n\r\n") == .host)
        #expect(refusal("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n") == .host)
        #expect(refusal("GET / HTTP/1.0\r\n\r\n") == nil)
        #expect(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == .ambiguousLength)
    }

    @Test func `whatever is changed in a head, nothing is read beyond it and nothing traps`() {
        let valid = Array("POST /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\n".utf8)
        var accepted = 0
        for position in valid.indices {
            for byte in [0, 9, 10, 13, 32, 58, 65, 127, 255] as [UInt8] {
                var changed = valid
                changed[position] = byte
                var framing: RequestFraming?
                do throws(RequestSyntaxError) {
                    let head = try RequestText(parsing: changed.span, framing: &framing)
                    #expect(head.bytes == head.bytes && framing != nil)
                    accepted += 1
                } catch { continue }
            }
            var framing: RequestFraming?
            #expect(throws: RequestSyntaxError.self) {
                try RequestText(parsing: valid.span.extracting(0..<position), framing: &framing)
            }
        }
        #expect(accepted > 0)
    }

    @Test func `chunks are put together the same however they are cut`() throws {
        let text = "4;a=b\r\nabcd\r\n02\r\nef\r\n0\r\nTrailer: x\r\n\r\nGET"
        for cut in 0...text.utf8.count {
            var body = RequestBody()
            var buffer = ByteBuffer(bytes: text.utf8.prefix(cut))
            var isWhole = try body.collect(.chunked, from: &buffer, limit: 100)
            if !isWhole {
                buffer.writeBytes(text.utf8.dropFirst(cut))
                isWhole = try body.collect(.chunked, from: &buffer, limit: 100)
            } else {
                buffer.writeBytes(text.utf8.dropFirst(cut))
            }
            #expect(isWhole && String(buffer: body.bytes) == "abcdef" && String(buffer: buffer) == "GET", "\(cut)")
        }
    }

    @Test(arguments: [
        "zz\r\n", "-1\r\n", "\r\n", "123456789\r\n", "1 x\r\na\r\n0\r\n\r\n\n\r\n", "1\r\nab\r\n", "1\na\r\n",
        "0\r\nA: b\n\r\n",
        String(repeating: "1", count: 9) + "\r\n", ";a=b\r\n", "1\r\na\r\r\n", String(repeating: " ", count: 5000),
        "0\r\n" + String(repeating: "A: b\r\n", count: 1000) + "\r\n",
    ])
    func `chunks that are not valid are refused`(text: String) {
        var body = RequestBody()
        var buffer = ByteBuffer(string: text)
        let isRefused: Bool
        do throws(RequestSyntaxError) {
            let isWhole = try body.collect(.chunked, from: &buffer, limit: 100)
            isRefused = isWhole && buffer.readableBytes > 0
        } catch {
            isRefused = error == .chunk
        }
        #expect(isRefused)
    }

    @Test func `a body of chunks stops where it is too large`() throws {
        var body = RequestBody()
        var buffer = ByteBuffer(string: "ff\r\n" + String(repeating: "a", count: 255) + "\r\n")
        #expect(try body.collect(.chunked, from: &buffer, limit: 100) == false)
        #expect(body.count > 100)
    }

    @Test func `a header's value stays on its line whatever is in it`() {
        var reply = HTTPReply(.ok)
        reply.add("A", "b\r\nSet-Cookie: c\u{0}")
        let text = String(buffer: reply.bytes(withBody: true))
        #expect(text == "HTTP/1.1 200 OK\r\nA: b  Set-Cookie: c \r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `an answer that has no body says so in its own way`() {
        #expect(String(buffer: HTTPReply(.noContent).bytes(withBody: true)) == "HTTP/1.1 204 No Content\r\n\r\n")
        let reply = HTTPReply(.badRequest, body: ByteBuffer(string: "no"))
        let head = String(buffer: reply.bytes(withBody: false, closing: true))
        #expect(head == "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
    }
}
