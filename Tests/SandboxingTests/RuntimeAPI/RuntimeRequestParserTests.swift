import NIOCore
import Sandboxing
import Testing

private func parse(_ text: String) throws -> [RuntimeRequest] {
    var parser = RuntimeRequestParser()
    var buffer = ByteBuffer(string: text)
    var requests: [RuntimeRequest] = []
    while let request = try parser.next(from: &buffer) { requests.append(request) }
    return requests
}

private let base = "/2018-06-01/runtime"

@Test func `a pipelined answer and the question for the next event are two requests`() throws {
    let text =
        "POST \(base)/invocation/abc/response HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 2\r\n\r\n{}"
        + "GET \(base)/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"
    #expect(try parse(text) == [.response(id: "abc", body: ByteBuffer(string: "{}")), .next])
}

@Test func `a chunked answer is put together and its trailers are dropped`() throws {
    let text =
        "POST \(base)/invocation/abc/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "2;x=y\r\n{\"\r\n3\r\na\":\r\n2\r\n1}\r\n0\r\nX-Trailer: 1\r\n\r\n"
    #expect(try parse(text) == [.response(id: "abc", body: ByteBuffer(string: "{\"a\":1}"))])
}

@Test func `requests come out the same however the bytes are cut`() throws {
    let text =
        "POST \(base)/invocation/i/error HTTP/1.1\r\nLambda-Runtime-Function-Error-Type: Runtime.X\r\n"
        + "Content-Length: 5\r\n\r\nhelloGET \(base)/invocation/next HTTP/1.1\r\n\r\n"
    for cut in 1..<text.utf8.count {
        var parser = RuntimeRequestParser()
        var buffer = ByteBuffer(bytes: text.utf8.prefix(cut))
        var requests: [RuntimeRequest] = []
        while let request = try parser.next(from: &buffer) { requests.append(request) }
        buffer.writeBytes(text.utf8.dropFirst(cut))
        while let request = try parser.next(from: &buffer) { requests.append(request) }
        #expect(requests == [.invocationError(id: "i", type: "Runtime.X", body: ByteBuffer(string: "hello")), .next])
    }
}

@Test func `an answer beyond the limit is counted, not kept`() throws {
    let size = RuntimeRequestParser.bodyLimit + 1
    var parser = RuntimeRequestParser()
    var buffer = ByteBuffer(string: "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length: \(size)\r\n\r\n")
    #expect(try parser.next(from: &buffer) == nil)
    buffer.writeRepeatingByte(65, count: size)
    #expect(try parser.next(from: &buffer) == .oversizedResponse(id: "i", size: size))
}

@Test(
    arguments: [
        "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nContent-Length : 1\r\n\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "POST \(base)/invocation/i/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "GET  \(base)/invocation/next HTTP/1.1\r\n\r\n",
        "GET \(base)/invocation/next HTTP/1.0\r\n\r\n",
        "\u{0}\u{1}\r\n\r\n",
        "GET \(base)/invocation/next HTTP/1.1\r\n: x\r\n\r\n",
        "GET \(base)/invocation/next HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000),
    ])
func `what two readers could understand differently is refused`(text: String) {
    #expect(throws: RuntimeRequestError.self) { try parse(text) }
}

@Test(arguments: [1, 4096, 1 << 20])
func `a head or a line beyond its limit is refused however it arrives`(pieceSize: Int) throws {
    let head = "GET \(base)/invocation/next HTTP/1.1\r\nX: \r\n\r\n"
    let room = RuntimeRequestParser.headLimit - head.utf8.count
    let chunk = "POST \(base)/invocation/i/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0;"
    for (text, isRefused) in [
        (head.replacing("X: ", with: "X: " + String(repeating: "a", count: room)), false),
        (head.replacing("X: ", with: "X: " + String(repeating: "a", count: room + 1)), true),
        (chunk + String(repeating: "a", count: 4092) + "\r\n\r\n", false),
        (chunk + String(repeating: "a", count: 4093) + "\r\n\r\n", true),
    ] {
        var parser = RuntimeRequestParser()
        var buffer = ByteBuffer()
        var found: [RuntimeRequest] = []
        let read = Result {
            for start in stride(from: 0, to: text.utf8.count, by: pieceSize) {
                buffer.writeBytes(text.utf8.dropFirst(start).prefix(pieceSize))
                while let request = try parser.next(from: &buffer) { found.append(request) }
            }
        }
        #expect((try? read.get()) == nil ? isRefused : !isRefused)
        #expect(found.count == (isRefused ? 0 : 1))
    }
}

@Test func `a path that the interface does not have is told apart from garbage`() throws {
    #expect(try parse("GET /2018-06-01/ping HTTP/1.1\r\n\r\n") == [.unknown])
    #expect(try parse("GET \(base)/invocation/a/b/response HTTP/1.1\r\n\r\n") == [.unknown])
    #expect(try parse("PUT \(base)/invocation/next HTTP/1.1\r\n\r\n") == [.unknown])
}

@Test func `random bytes never trap the parser`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array(
        "GET POST /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\nContent-Length: 3\u{0}\u{FF}".utf8)
    for _ in 0..<2000 {
        let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0
        }
        var parser = RuntimeRequestParser()
        var buffer = ByteBuffer(bytes: bytes)
        do { while try parser.next(from: &buffer) != nil {} } catch {}
    }
}
