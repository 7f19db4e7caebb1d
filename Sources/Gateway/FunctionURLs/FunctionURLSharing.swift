import Core

/// What a browser is told of who may use an answer: cross-origin resource sharing, by a function URL's own settings.
///
/// Source: Fetch standard, section 3.2, "CORS protocol"; AWS Lambda API reference, "Cors".
struct FunctionURLSharing: Sendable {
    /// Headers that only the settings say, and no function.
    static let names: Set<String> = [
        "access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers",
        "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age",
    ]

    private let cors: FunctionURL.CORS
    private let origin: String

    /// Of a request from a page; `nil` where no page asks, or nothing was set.
    init?(_ cors: FunctionURL.CORS?, _ head: RequestText) {
        guard let cors, let origin = head.header("origin") else { return nil }
        self.cors = cors
        self.origin = origin
    }

    /// Whether a request only asks what a page may do, and is not the function's business.
    static func isQuestion(_ head: RequestText) -> Bool {
        head.part(head.method, is: "OPTIONS") && head.header("origin") != nil
            && head.header("access-control-request-method") != nil
    }

    /// The headers of an answer; none where the page's origin is not allowed.
    var headers: [(name: String, value: String)] {
        guard let allowed else { return [("vary", "Origin")] }
        var headers = [(name: "access-control-allow-origin", value: allowed)]
        if allowed != "*" {
            headers.append(("vary", "Origin"))
            if cors.allowsCredentials == true { headers.append(("access-control-allow-credentials", "true")) }
        }
        if let exposed = cors.exposedHeaders, !exposed.isEmpty {
            headers.append(("access-control-expose-headers", exposed.joined(separator: ",")))
        }
        return headers
    }

    /// The headers of the answer to a question.
    var questionHeaders: [(name: String, value: String)] {
        guard allowed != nil else { return headers }
        var headers = headers
        if let methods = cors.methods {
            headers.append(("access-control-allow-methods", methods.joined(separator: ",")))
        }
        if let names = cors.headers { headers.append(("access-control-allow-headers", names.joined(separator: ","))) }
        if let age = cors.maximumAge { headers.append(("access-control-max-age", String(age))) }
        return headers
    }

    /// The origin that is allowed: the page's own where it is named, `*` where all are.
    private var allowed: String? {
        let origins = cors.origins ?? []
        if origins.contains(where: { $0.lowercased() == origin.lowercased() }) { return origin }
        if origins.contains("*") { return "*" }
        let isOfScheme = origins.contains { $0.hasSuffix("://*") && origin.lowercased().hasPrefix($0.dropLast()) }
        return isOfScheme ? origin : nil
    }
}
