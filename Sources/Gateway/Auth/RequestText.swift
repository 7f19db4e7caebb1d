import NIOHTTP1

/// A request's head, copied once into one buffer: whatever its signature is about is then a range of it.
///
/// The buffer is used again, so that a request costs no allocation. Header names are in lower case.
struct RequestText: Sendable {
    /// Where a header lies.
    struct Header: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    private(set) var bytes: [UInt8] = []
    private(set) var headers: [Header] = []
    private(set) var method = 0..<0
    private(set) var path = 0..<0
    /// What follows the question mark; `nil` where there is none.
    private(set) var query: Range<Int>?

    /// Copies a request's head.
    mutating func load(_ head: HTTPRequestHead) {
        bytes.removeAll(keepingCapacity: true)
        headers.removeAll(keepingCapacity: true)
        method = append(head.method.rawValue.utf8Span.span)
        let target = append(head.uri.utf8Span.span)
        let mark = bytes.span.firstIndex(of: UInt8(ascii: "?"), in: target)
        path = target.lowerBound..<mark
        query = mark < target.upperBound ? mark + 1..<target.upperBound : nil
        for (name, value) in head.headers {
            let name = append(name.utf8Span.span)
            lowercase(name)
            headers.append(Header(name: name, value: append(value.utf8Span.span)))
        }
    }

    /// Refuses a request that would cost more to verify than any client has reason for.
    ///
    /// Signed names are searched among the headers, and the query is sorted: both are more than linear.
    func checkSize(signed: Range<Int>) throws(AuthenticationError) {
        guard headers.count <= Self.headerLimit else { throw .incomplete(reason: "The request has too many headers.") }
        guard count(UInt8(ascii: ";"), in: signed) < max(1, headers.count) else {
            throw .incomplete(reason: "SignedHeaders names more headers than the request has.")
        }
        guard query.map({ count(UInt8(ascii: "&"), in: $0) }) ?? 0 < Self.pairLimit else {
            throw .incomplete(reason: "The request's query has too many parameters.")
        }
    }

    private static let headerLimit = 256
    private static let pairLimit = 1024

    private func count(_ byte: UInt8, in range: Range<Int>) -> Int {
        let span = bytes.span
        var count = 0
        for index in range where span[index] == byte { count += 1 }
        return count
    }

    /// Adds what is not in the request as it stands, such as an unescaped value.
    mutating func append(_ span: Span<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(span)
        return start..<bytes.count
    }

    private mutating func lowercase(_ range: Range<Int>) {
        var span = bytes.mutableSpan
        for index in range { span[index] = ASCII.lowercased(span[index]) }
    }

    /// Whether a part is this text.
    func part(_ range: Range<Int>, is text: String) -> Bool {
        range.count == text.utf8.count && ASCII.equal(bytes.span.extracting(range), text.utf8Span.span)
    }

    /// Whether a part begins with this text.
    func part(_ range: Range<Int>, hasPrefix prefix: String) -> Bool {
        let count = prefix.utf8.count
        return range.count >= count && part(range.lowerBound..<range.lowerBound + count, is: prefix)
    }

    /// A part as text.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension Span<UInt8> {
    /// Where a byte comes first in a range; the range's end if it does not.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, self[index] != byte { index += 1 }
        return index
    }
}
