/// Which service a request is signed for, read from the scope `KEY/DATE/REGION/SERVICE/aws4_request`.
enum SignedService {
    /// The service's signing name; `nil` for a request without a signature.
    static func name(of request: WireRequest) -> String? {
        let credential = headerCredential(request) ?? queryCredential(request)
        let parts = credential?.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) ?? []
        // A key may not contain slashes, but what is read from the end is right even for one that does.
        guard parts.count >= 5, parts[parts.count - 1].elementsEqual("aws4_request".utf8) else { return nil }
        return String(parts[parts.count - 2])
    }

    private static func headerCredential(_ request: WireRequest) -> String? {
        guard let header = request.headers["authorization"]?.utf8, header.starts(with: "AWS4-HMAC-SHA256".utf8) else {
            return nil
        }
        for field in header.dropFirst(16).split(separator: UInt8(ascii: ",")) {
            let trimmed = field.drop { $0 == UInt8(ascii: " ") }
            if trimmed.starts(with: "Credential=".utf8) { return String(trimmed.dropFirst(11)) }
        }
        return nil
    }

    private static func queryCredential(_ request: WireRequest) -> String? {
        for pair in request.rawQuery.split(separator: "&") where pair.hasPrefix("X-Amz-Credential=") {
            // A badly escaped credential names no service; authentication refuses it.
            return try? PercentCoding.decode(pair.dropFirst(17), plusIsSpace: false)
        }
        return nil
    }
}
