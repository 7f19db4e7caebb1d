/// What a request says about its own signature, in the `Authorization` header or in its query.
///
/// The parts are ranges of the request's text.
struct SignatureClaim {
    static let algorithm: StaticString = "AWS4-HMAC-SHA256"

    var credential = 0..<0
    var signedHeaders = 0..<0
    var signature = 0..<0
    var date = 0..<0
    var token = 0..<0
    /// What the request says the hash of its body is.
    var payload = 0..<0
    /// For how many seconds after its date a presigned request is good; `nil` in a request signed by header.
    var lifetime: Int?

    /// Reads the claim of a request; what the query has escaped is added to its text unescaped.
    init(_ request: inout RequestText) throws(AuthenticationError) {
        var authorization: Range<Int>?
        for header in request.headers {
            switch header.name.count {
            case 10 where request.part(header.name, is: "x-amz-date"): try Self.take(header.value, as: &date)
            case 13 where request.part(header.name, is: "authorization"):
                guard authorization == nil else { throw .twice }
                authorization = header.value
            case 20 where request.part(header.name, is: "x-amz-security-token"):
                try Self.take(header.value, as: &token)
            case 20 where request.part(header.name, is: "x-amz-content-sha256"):
                try Self.take(header.value, as: &payload)
            default: break
            }
        }
        if let authorization {
            try parse(request, authorization)
        } else {
            try parseQuery(&request)
        }
    }

    /// Takes a part that may occur once.
    static func take(_ value: Range<Int>, as part: inout Range<Int>) throws(AuthenticationError) {
        guard part.isEmpty else { throw .twice }
        part = value
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
    private mutating func parse(_ request: RequestText, _ header: Range<Int>) throws(AuthenticationError) {
        var start = header.lowerBound + Self.algorithm.utf8CodeUnitCount
        guard request.part(header, hasPrefix: Self.algorithm), start < header.upperBound,
            request.bytes[start] == UInt8(ascii: " ")
        else { throw .incomplete(reason: "Unsupported algorithm in the Authorization header; use AWS4-HMAC-SHA256.") }
        while start < header.upperBound {
            while start < header.upperBound, request.bytes[start] == UInt8(ascii: " ") { start += 1 }
            let end = request.bytes.span.firstIndex(of: UInt8(ascii: ","), in: start..<header.upperBound)
            try parsePart(request, start..<end)
            start = end + 1
        }
        try requireParts(
            in: "Authorization header", names: ("Credential", "SignedHeaders", "Signature", "X-Amz-Date"))
    }

    private mutating func parsePart(_ request: RequestText, _ part: Range<Int>) throws(AuthenticationError) {
        if request.part(part, hasPrefix: "Credential=") {
            try Self.take(part.dropFirst(11), as: &credential)
        } else if request.part(part, hasPrefix: "SignedHeaders=") {
            try Self.take(part.dropFirst(14), as: &signedHeaders)
        } else if request.part(part, hasPrefix: "Signature=") {
            try Self.take(part.dropFirst(10), as: &signature)
        } else {
            throw .incomplete(
                reason: "A part of the Authorization header is none of Credential, SignedHeaders and Signature.")
        }
    }
}

extension AuthenticationError {
    /// A part of the signature is there more than once, so that it is not clear what was signed.
    static let twice = AuthenticationError.incomplete(reason: "A part of the signature occurs twice.")
}
