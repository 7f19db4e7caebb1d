import Glibc
import NIOHTTP1

/// A request's head in one buffer: whatever it says is a range of it, and nothing is made into text before it must be.
///
/// Header names are in lower case.
struct RequestText: Sendable {
    /// Where a header lies.
    struct Header: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    private(set) var bytes: [UInt8] = []
    private(set) var headers: [Header] = []
    private(set) var method = 0..<0
    /// Path and query as they were sent.
    private(set) var target = 0..<0
    private(set) var path = 0..<0
    /// What follows the question mark; `nil` where there is none.
    private(set) var query: Range<Int>?

    /// An empty head, to be filled.
    init() {}

    /// Copies a head that is in another form.
    init(_ head: HTTPRequestHead) {
        let method = append(head.method.rawValue.utf8Span.span)
        setRequestLine(method: method, target: append(head.uri.utf8Span.span))
        for (name, value) in head.headers {
            let name = append(name.utf8Span.span)
            addHeader(Header(name: name, value: append(value.utf8Span.span)))
        }
    }

    /// Makes room for a head of this many bytes and a usual number of headers.
    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
        headers.reserveCapacity(16)
    }

    /// Says where method and target lie.
    mutating func setRequestLine(method: Range<Int>, target: Range<Int>) {
        self.method = method
        self.target = target
        let mark = bytes.span.firstIndex(of: UInt8(ascii: "?"), in: target)
        path = target.lowerBound..<mark
        query = mark < target.upperBound ? mark + 1..<target.upperBound : nil
    }

    /// Says where a header lies, and puts its name into lower case.
    mutating func addHeader(_ header: Header) {
        var span = bytes.mutableSpan
        for index in header.name { span[index] = ASCII.lowercased(span[index]) }
        headers.append(header)
    }

    /// The first value of a header; `name` is in lower case.
    func header(_ name: StaticString) -> String? {
        headers.first { part($0.name, is: name) }.map { text($0.value) }
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

    /// Whether a part is this text.
    func part(_ range: Range<Int>, is text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount && ASCII.equal(bytes.span.extracting(range), text)
    }

    /// Whether a part is this text, which is in lower case, in any case.
    func part(_ range: Range<Int>, isAnyCase text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let part = bytes.span.extracting(range)
        // SAFETY: the buffer has as many bytes as the part, and is used only inside the closure.
        return text.withUTF8Buffer { text in
            for index in part.indices where unsafe ASCII.lowercased(part[index]) != text[index] { return false }
            return true
        }
    }

    /// Whether a part begins with this text.
    func part(_ range: Range<Int>, hasPrefix prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        return range.count >= count && part(range.lowerBound..<range.lowerBound + count, is: prefix)
    }

    /// Whether a part ends with this text.
    func part(_ range: Range<Int>, hasSuffix suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        return range.count >= count && part(range.upperBound - count..<range.upperBound, is: suffix)
    }

    /// A part as text.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension Span<UInt8> {
    /// Where a byte comes first in a range; the range's end if it does not.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        // SAFETY: `extracting` checks the range, and no byte outside of it is looked at.
        unsafe extracting(range).withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let found = unsafe memchr(start, Int32(byte), bytes.count) else {
                return range.upperBound
            }
            return unsafe range.lowerBound + (UnsafeRawPointer(found) - start)
        }
    }
}
