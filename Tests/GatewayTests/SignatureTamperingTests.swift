import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// A request whose signature was right is refused after a change of any one of its bytes.
@Suite struct SignatureTamperingTests {
    @Test(arguments: [nil, 600]) func `no byte of a signed request can be changed`(lifetime: Int?) throws {
        var sample = try SampleRequest(lifetime: lifetime)
        #expect(sample.refusal() == nil)
        var tried = 0
        var accepted: [String] = []
        func attempt(_ place: String, _ changed: HTTPRequestHead, body: ByteBuffer) {
            tried += 1
            var copy = sample
            copy.head = changed
            copy.body = body
            if copy.refusal() == nil { accepted.append(place) }
        }
        for (index, byte) in sample.head.method.rawValue.utf8.enumerated() {
            for other in others(than: byte) {
                var head = sample.head
                head.method = HTTPMethod(rawValue: replacing(sample.head.method.rawValue, index, other))
                attempt("method \(index) \(other)", head, body: sample.body)
            }
        }
        for (index, byte) in sample.head.uri.utf8.enumerated() {
            for other in others(than: byte) {
                var head = sample.head
                head.uri = replacing(sample.head.uri, index, other)
                attempt("uri \(index) \(other)", head, body: sample.body)
            }
        }
        for (position, header) in sample.head.headers.enumerated() where isCovered(header.name, lifetime) {
            for (index, byte) in header.value.utf8.enumerated() {
                for other in others(than: byte) {
                    var pairs = sample.head.headers.map { ($0.name, $0.value) }
                    pairs[position].1 = replacing(header.value, index, other)
                    var head = sample.head
                    head.headers = HTTPHeaders(pairs)
                    attempt("\(header.name) \(index) \(other)", head, body: sample.body)
                }
            }
            for index in header.name.utf8.indices {
                var pairs = sample.head.headers.map { ($0.name, $0.value) }
                let offset = header.name.utf8.distance(from: header.name.utf8.startIndex, to: index)
                pairs[position].0 = replacing(header.name, offset, UInt8(ascii: "q"))
                var head = sample.head
                head.headers = HTTPHeaders(pairs)
                attempt("name of \(header.name) \(offset)", head, body: sample.body)
            }
        }
        for (index, byte) in sample.body.readableBytesView.enumerated() {
            for other in others(than: byte) {
                var body = sample.body
                body.setInteger(other, at: body.readerIndex + index)
                attempt("body \(index) \(other)", sample.head, body: body)
            }
        }
        print(
            "changes of one byte, \(lifetime == nil ? "header" : "query"): \(tried - accepted.count)/\(tried) refused")
        #expect(accepted == [])
        #expect(tried > 5000)
    }

    /// The user agent is not signed in either form; the headers of a presigned request are all signed here.
    private func isCovered(_ name: String, _ lifetime: Int?) -> Bool { name != "User-Agent" }

    /// The byte with each of its bits turned, and the bytes that mean something to a parser.
    private func others(than byte: UInt8) -> [UInt8] {
        let turned = (0..<7).map { byte ^ (1 << $0) }.filter { $0 != 0 }
        return Set(turned + Array("/?&=%+;:, \tA0".utf8)).filter { $0 != byte }
    }

    private func replacing(_ text: String, _ index: Int, _ byte: UInt8) -> String {
        var bytes = Array(text.utf8)
        bytes[index] = byte
        return String(decoding: bytes, as: UTF8.self)
    }
}
