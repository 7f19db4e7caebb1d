extension SignatureClaim {
    /// The longest time for which a presigned request may be good: a week.
    static let longestLifetime = 604_800

    /// Parses the `X-Amz-…` pairs of a presigned request.
    mutating func parseQuery(of target: Span<UInt8>) throws(AuthenticationError) {
        var algorithm: String?
        var start = 0
        while start < target.count, target[start] != UInt8(ascii: "?") { start += 1 }
        start += 1
        while start < target.count {
            var end = start
            while end < target.count, target[end] != UInt8(ascii: "&") { end += 1 }
            try parsePair(target.extracting(start..<end), algorithm: &algorithm)
            start = end + 1
        }
        guard let algorithm else { throw .missing }
        guard algorithm == Self.algorithm else {
            throw .incomplete(reason: "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\".")
        }
        try requireParts(
            in: "AWS query-string parameters",
            names: ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date"))
        guard lifetime != nil else {
            throw .incomplete(reason: "AWS query-string parameters requires 'X-Amz-Expires' parameter.")
        }
    }

    private mutating func parsePair(_ pair: Span<UInt8>, algorithm: inout String?) throws(AuthenticationError) {
        var equals = 0
        while equals < pair.count, pair[equals] != UInt8(ascii: "=") { equals += 1 }
        guard equals < pair.count, ASCII.hasPrefixIgnoringCase(pair, "x-amz-".utf8Span.span) else { return }
        var value: [UInt8] = []
        ASCII.appendUnescaped(pair.extracting(equals + 1..<pair.count), to: &value)
        switch Self.text(pair.extracting(0..<equals)) {
        case "X-Amz-Algorithm":
            guard algorithm == nil else { throw .twice }
            algorithm = String(decoding: value, as: UTF8.self)
        case "X-Amz-Credential": credential = try take(value.span, into: credential)
        case "X-Amz-SignedHeaders": signedHeaders = try take(value.span, into: signedHeaders)
        case "X-Amz-Signature": signature = try take(value.span, into: signature)
        case "X-Amz-Date": date = try take(value.span, into: date)
        case "X-Amz-Security-Token": token = try take(value.span, into: token)
        case "X-Amz-Content-Sha256":
            guard payload == nil else { throw .twice }
            payload = String(decoding: value, as: UTF8.self)
        case "X-Amz-Expires":
            guard lifetime == nil else { throw .twice }
            lifetime = try Self.lifetime(String(decoding: value, as: UTF8.self))
        default: break
        }
    }

    private static func lifetime(_ text: String) throws(AuthenticationError) -> Int {
        guard let seconds = Int(text), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else {
            throw .incomplete(reason: "X-Amz-Expires should be a number")
        }
        guard seconds >= 0 else { throw .incomplete(reason: "X-Amz-Expires must be non-negative") }
        guard seconds <= longestLifetime else {
            throw .incomplete(
                reason: "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be"
                    + " less than 604800 seconds")
        }
        return seconds
    }

    private static func text(_ span: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.append(span)
        return String(decoding: bytes, as: UTF8.self)
    }
}
