/// A request in the one form that both sides of a signature compute, built in a buffer that is used again.
///
/// Source: AWS Signature Version 4, "Create a canonical request".
struct CanonicalRequest: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether a header that is said to be signed is not there.
    private(set) var lacksHeader = false
    /// Which of the request's headers are signed.
    private var covered: [Bool] = []
    private var query = CanonicalQuery()

    /// Builds the form of a request; `signed` are the names of its signed headers in its text, `;` between them.
    mutating func build(
        _ request: RequestText, signed: Range<Int>, payload: Span<UInt8>, path rule: PathRule,
        excluding excluded: String? = nil
    ) {
        let text = request.bytes.span
        bytes.removeAll(keepingCapacity: true)
        bytes.append(text.extracting(request.method))
        bytes.append(UInt8(ascii: "\n"))
        rule.append(text.extracting(request.path), to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        if let range = request.query { query.append(text.extracting(range), excluding: excluded, to: &bytes) }
        bytes.append(UInt8(ascii: "\n"))
        appendHeaders(request, signed: signed)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(text.extracting(signed))
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(payload)
    }

    /// Refuses a request whose signature leaves out what decides what it does: the host and every `x-amz-…` header.
    func checkCoverage(_ request: RequestText) throws(AuthenticationError) {
        var coversHost = false
        for (index, header) in request.headers.enumerated() {
            if covered[index] {
                coversHost = coversHost || request.part(header.name, is: "host")
            } else if request.part(header.name, hasPrefix: "x-amz-"),
                // Its value is compared with the body and is part of what is signed, whether it is named or not.
                !request.part(header.name, is: "x-amz-content-sha256")
            {
                let name = request.text(header.name)
                throw .incomplete(reason: "There were headers present in the request which were not signed: \(name)")
            }
        }
        guard coversHost else {
            throw .incomplete(reason: "'Host' must be a 'SignedHeader' in the AWS Authorization.")
        }
    }

    private mutating func appendHeaders(_ request: RequestText, signed: Range<Int>) {
        covered.removeAll(keepingCapacity: true)
        for _ in request.headers { covered.append(false) }
        lacksHeader = false
        var start = signed.lowerBound
        while start < signed.upperBound {
            let end = request.bytes.span.firstIndex(of: UInt8(ascii: ";"), in: start..<signed.upperBound)
            appendHeader(start..<end, of: request)
            start = end + 1
        }
    }

    private mutating func appendHeader(_ name: Range<Int>, of request: RequestText) {
        let text = request.bytes.span
        var found = false
        for (index, header) in request.headers.enumerated()
        where header.name.count == name.count
            && ASCII.equal(text.extracting(header.name), text.extracting(name))
        {
            if found {
                bytes.append(UInt8(ascii: ","))
            } else {
                bytes.append(text.extracting(name))
                bytes.append(UInt8(ascii: ":"))
            }
            found = true
            covered[index] = true
            appendTrimmed(text.extracting(header.value))
        }
        bytes.append(UInt8(ascii: "\n"))
        if !found { lacksHeader = true }
    }

    /// Appends a value without spaces around it; inside, several spaces become one.
    private mutating func appendTrimmed(_ value: Span<UInt8>) {
        let space = UInt8(ascii: " ")
        var (start, end) = (0, value.count)
        while start < end, value[start] == space { start += 1 }
        while start < end, value[end - 1] == space { end -= 1 }
        var run = start
        for index in start..<end where value[index] == space && value[index + 1] == space {
            bytes.append(value.extracting(run..<index))
            run = index + 1
        }
        bytes.append(value.extracting(run..<end))
    }
}
