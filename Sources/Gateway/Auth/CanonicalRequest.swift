import NIOHTTP1

/// A request in the one form that both sides of a signature compute, built in a buffer that is used again.
///
/// Source: AWS Signature Version 4, "Create a canonical request".
struct CanonicalRequest: Sendable {
    private(set) var bytes: [UInt8] = []
    private var query = CanonicalQuery()

    /// Builds the form of a request; `signed` are the names of its signed headers, `;` between them.
    ///
    /// Returns the name of a header that is signed but not there, or nothing.
    mutating func build(
        _ head: HTTPRequestHead, signed: Span<UInt8>, payload: Span<UInt8>, path rule: PathRule,
        excluding excluded: String? = nil
    ) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        append(head.method.rawValue)
        let target = head.uri.utf8Span.span
        var mark = 0
        while mark < target.count, target[mark] != UInt8(ascii: "?") { mark += 1 }
        rule.append(target.extracting(0..<mark), to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        if mark < target.count {
            query.append(target.extracting(mark + 1..<target.count), excluding: excluded, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        let complete = appendHeaders(head.headers, signed: signed)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(signed)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(payload)
        return complete
    }

    private mutating func append(_ line: String) {
        bytes.append(line.utf8Span.span)
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func appendHeaders(_ headers: HTTPHeaders, signed: Span<UInt8>) -> Bool {
        var start = 0
        var complete = true
        while start < signed.count {
            var end = start
            while end < signed.count, signed[end] != UInt8(ascii: ";") { end += 1 }
            complete = appendHeader(signed.extracting(start..<end), of: headers) && complete
            start = end + 1
        }
        return complete
    }

    private mutating func appendHeader(_ name: Span<UInt8>, of headers: HTTPHeaders) -> Bool {
        var found = false
        for (other, value) in headers where ASCII.equalIgnoringCase(name, other.utf8Span.span) {
            if found {
                bytes.append(UInt8(ascii: ","))
            } else {
                bytes.append(name)
                bytes.append(UInt8(ascii: ":"))
                found = true
            }
            appendTrimmed(value.utf8Span.span)
        }
        bytes.append(UInt8(ascii: "\n"))
        return found
    }

    /// Appends a value without spaces around it; inside, several spaces become one.
    private mutating func appendTrimmed(_ value: Span<UInt8>) {
        let space = UInt8(ascii: " ")
        var (start, end) = (0, value.count)
        while start < end, value[start] == space { start += 1 }
        while start < end, value[end - 1] == space { end -= 1 }
        for index in start..<end where value[index] != space || value[index - 1] != space {
            bytes.append(value[index])
        }
    }
}
