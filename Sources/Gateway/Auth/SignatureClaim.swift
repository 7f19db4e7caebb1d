import NIOHTTP1

/// What a request says about its own signature, in the `Authorization` header or in its query.
///
/// The parts are copied once, into one buffer: nothing that follows depends on where they stood.
struct SignatureClaim {
    static let algorithm = "AWS4-HMAC-SHA256"

    /// The buffer that the ranges below point into.
    var text: [UInt8] = []
    var credential = 0..<0
    var signedHeaders = 0..<0
    var signature = 0..<0
    var date = 0..<0
    var token = 0..<0
    /// For how many seconds after its date a presigned request is good; `nil` in a request signed by header.
    var lifetime: Int?
    /// What the request says the hash of its body is.
    var payload: String?

    /// Reads the claim of a request.
    init(_ head: HTTPRequestHead) throws(AuthenticationError) {
        var authorization: String?
        text.reserveCapacity(512)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 10 where Self.matches(name, "x-amz-date"): date = try take(value, into: date)
            case 13 where Self.matches(name, "authorization"):
                guard authorization == nil else { throw .twice }
                authorization = value
            case 20 where Self.matches(name, "x-amz-security-token"): token = try take(value, into: token)
            case 20 where Self.matches(name, "x-amz-content-sha256"):
                guard payload == nil else { throw .twice }
                payload = value
            default: break
            }
        }
        if let authorization {
            try parse(authorization.utf8Span.span)
        } else {
            try parseQuery(of: head.uri.utf8Span.span)
        }
    }

    /// Copies a part that may occur once.
    mutating func take(_ value: Span<UInt8>, into part: Range<Int>) throws(AuthenticationError) -> Range<Int> {
        guard part.isEmpty else { throw .twice }
        let start = text.count
        text.append(value)
        return start..<text.count
    }

    private mutating func take(_ value: String, into part: Range<Int>) throws(AuthenticationError) -> Range<Int> {
        try take(value.utf8Span.span, into: part)
    }

    private static func matches(_ name: String, _ lowercase: String) -> Bool {
        ASCII.equalIgnoringCase(name.utf8Span.span, lowercase.utf8Span.span)
    }

    /// Says which parts are missing, as AWS does.
    func requireParts(in place: String, names: (String, String, String, String)) throws(AuthenticationError) {
        guard credential.isEmpty || signedHeaders.isEmpty || signature.isEmpty || date.isEmpty else { return }
        let parts = [
            (names.0, credential), (names.1, signedHeaders), (names.2, signature), (names.3, date),
        ]
        let missing = parts.filter(\.1.isEmpty).map { "\(place) requires '\($0.0)' parameter." }
        throw .incomplete(reason: missing.joined(separator: " "))
    }

    /// Parses `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
    private mutating func parse(_ header: Span<UInt8>) throws(AuthenticationError) {
        var start = Self.algorithm.utf8.count
        guard header.count > start, ASCII.equal(header.extracting(0..<start), Self.algorithm.utf8Span.span),
            header[start] == UInt8(ascii: " ")
        else { throw .incomplete(reason: "Unsupported algorithm in the Authorization header; use AWS4-HMAC-SHA256.") }
        while start < header.count {
            while start < header.count, header[start] == UInt8(ascii: " ") { start += 1 }
            var end = start
            while end < header.count, header[end] != UInt8(ascii: ",") { end += 1 }
            try parsePart(header.extracting(start..<end))
            start = end + 1
        }
        try requireParts(
            in: "Authorization header", names: ("Credential", "SignedHeaders", "Signature", "X-Amz-Date"))
    }

    private mutating func parsePart(_ part: Span<UInt8>) throws(AuthenticationError) {
        if let value = Self.value(of: "Credential=", in: part) {
            credential = try take(part.extracting(value), into: credential)
        } else if let value = Self.value(of: "SignedHeaders=", in: part) {
            signedHeaders = try take(part.extracting(value), into: signedHeaders)
        } else if let value = Self.value(of: "Signature=", in: part) {
            signature = try take(part.extracting(value), into: signature)
        } else {
            throw .incomplete(
                reason: "A part of the Authorization header is none of Credential, SignedHeaders and Signature.")
        }
    }

    private static func value(of key: String, in part: Span<UInt8>) -> Range<Int>? {
        let length = key.utf8.count
        guard part.count >= length, ASCII.equal(part.extracting(0..<length), key.utf8Span.span) else { return nil }
        return length..<part.count
    }
}

extension AuthenticationError {
    /// A part of the signature is there more than once, so that it is not clear what was signed.
    static let twice = AuthenticationError.incomplete(reason: "A part of the signature occurs twice.")
}
