import Vault

extension SignatureClaim {
    /// The longest time for which a presigned request may be good: a week.
    static let longestLifetime = 604_800

    /// Parses the `X-Amz-…` pairs of a presigned request.
    mutating func parseQuery(_ request: inout RequestText) throws(AuthenticationError) {
        guard let query = request.query else { throw .missing }
        var algorithm = 0..<0
        var start = query.lowerBound
        while start < query.upperBound {
            let end = request.bytes.span.firstIndex(of: UInt8(ascii: "&"), in: start..<query.upperBound)
            try parsePair(&request, start..<end, algorithm: &algorithm)
            start = end + 1
        }
        guard !algorithm.isEmpty else { throw .missing }
        guard request.part(algorithm, is: Self.algorithm) else {
            throw .incomplete(reason: "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\".")
        }
        try requireParts(
            in: "AWS query-string parameters",
            names: ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date"))
        guard lifetime != nil else {
            throw .incomplete(reason: "AWS query-string parameters requires 'X-Amz-Expires' parameter.")
        }
    }

    private mutating func parsePair(
        _ request: inout RequestText, _ pair: Range<Int>, algorithm: inout Range<Int>
    ) throws(AuthenticationError) {
        let equals = request.bytes.span.firstIndex(of: UInt8(ascii: "="), in: pair)
        guard equals < pair.upperBound, request.part(pair, hasPrefix: "X-Amz-") else { return }
        let name = request.text(pair.lowerBound..<equals)
        var unescaped: [UInt8] = []
        ASCII.appendUnescaped(request.bytes.span.extracting(equals + 1..<pair.upperBound), to: &unescaped)
        let value = request.append(unescaped.span)
        switch name {
        case "X-Amz-Algorithm": try Self.take(value, as: &algorithm)
        case "X-Amz-Credential": try Self.take(value, as: &credential)
        case "X-Amz-SignedHeaders": try Self.take(value, as: &signedHeaders)
        case "X-Amz-Signature": try Self.take(value, as: &signature)
        case "X-Amz-Date": try Self.take(value, as: &date)
        case "X-Amz-Security-Token": try Self.take(value, as: &token)
        case "X-Amz-Content-Sha256": try Self.take(value, as: &payload)
        case "X-Amz-Expires":
            guard lifetime == nil else { throw .twice }
            lifetime = try Self.lifetime(request.text(value))
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
}
