import Core
import NIOCore

/// What a function is told: one status, one word in `X-Martlet-Egress`, and one line of JSON with what it can do about it.
extension EgressRefusal {
    /// The answer, whole; a request with HEAD gets it without the line.
    func answer(closing: Bool, withBody: Bool = true) -> ByteBuffer {
        let (status, reason, message, remedy) = wire
        let line =
            JSON.object(
                JSONObject([
                    ("reason", .string(reason)), ("message", .string(message)), ("remedy", .string(remedy)),
                ])
            ).text + "\n"
        var answer = ByteBuffer()
        answer.writeString("HTTP/1.1 \(status.line)\r\nX-Martlet-Egress: \(reason)\r\n")
        answer.writeString("Content-Type: application/json\r\nContent-Length: \(line.utf8.count)\r\n")
        answer.writeString(closing ? "Connection: close\r\n\r\n" : "\r\n")
        if withBody { answer.writeString(line) }
        return answer
    }

    /// The word of `X-Martlet-Egress`.
    package var reason: String { wire.reason }

    /// The status of the answer.
    package var status: Int { wire.status.rawValue }

    private enum Status: Int {
        case badRequest = 400
        case forbidden = 403
        case timeout = 408
        case tooLarge = 413
        case expectation = 417
        case tooMany = 429
        case headTooLarge = 431
        case badGateway = 502
        case unavailable = 503
        case gatewayTimeout = 504

        var line: String {
            switch self {
            case .badRequest: "400 Bad Request"
            case .forbidden: "403 Forbidden"
            case .timeout: "408 Request Timeout"
            case .tooLarge: "413 Content Too Large"
            case .expectation: "417 Expectation Failed"
            case .tooMany: "429 Too Many Requests"
            case .headTooLarge: "431 Request Header Fields Too Large"
            case .badGateway: "502 Bad Gateway"
            case .unavailable: "503 Service Unavailable"
            case .gatewayTimeout: "504 Gateway Timeout"
            }
        }
    }

    private typealias Wire = (status: Status, reason: String, message: String, remedy: String)

    private var wire: Wire {
        switch self {
        case .notAssigned:
            (.forbidden, "not-assigned", "This sandbox has no function yet.", "Call out from the function's own code.")
        case .crowded(let limit):
            (
                .unavailable, "too-many-connections", "This sandbox has \(limit) connections open.",
                "Close connections, or share them."
            )
        case .request(let fault): Self.wire(fault)
        case .slow:
            (.timeout, "too-slow", "The request did not come whole in time.", "Send it in one go, and try again.")
        case .notAllowed(let shortfall): Self.wire(shortfall)
        case .unclearPath(let fault):
            (
                .badRequest, "path-unclear", "Servers read this path in different ways (\(Self.word(fault))).",
                "Send it without dot segments, empty segments, and escaped slashes or percent signs."
            )
        case .gate(let reason): (.forbidden, "gate", reason, "Ask the operator.")
        case .limit(let limit): Self.wire(limit)
        case .resolution(let fault): Self.wire(fault)
        case .address(let address, let kind):
            (
                .forbidden, "address-\(kind.rawValue)",
                "The host's address \(address) is \(kind.rawValue), not public.",
                kind.mustBeNamedExactly
                    ? "The operator can name this very address in the rule's addresses."
                    : "The operator can name the address or its block in the rule's addresses."
            )
        case .unreachable:
            (
                .badGateway, "unreachable", "No connection to the host could be made.",
                "Check that it is up, and its port."
            )
        case .connectTimeout:
            (.gatewayTimeout, "connect-timeout", "The host did not answer a connection in time.", "Try again later.")
        case .tls:
            (
                .badGateway, "tls", "The host's certificate or TLS handshake is not acceptable.",
                "The host needs a certificate for its name from an authority that this machine trusts."
            )
        case .badAnswer(let fault):
            (
                .badGateway, "bad-answer", "The host's answer is not strict HTTP/1.1 (\(fault.rawValue)).",
                "Its operator must correct it."
            )
        case .noAnswer:
            (.badGateway, "no-answer", "The host closed the connection before it had answered.", "Try again.")
        case .secret(let secret, let fault):
            (
                .badGateway, "secret-\(fault.rawValue)", "The secret \(secret) could not be used: \(fault.rawValue).",
                "The operator can check the secret and the rule that names it."
            )
        case .echo:
            (
                .badGateway, "secret-echoed", "The host sent a secret back, which is kept from the function.",
                "The operator can narrow the rule's paths to those that do not repeat their request."
            )
        case .bodyNotWanted:
            (.badRequest, "body", "The rule puts in the body itself.", "Send the request without a body.")
        case .hello(let fault):
            (
                .forbidden, fault.rawValue, "The tunnel does not begin with a TLS ClientHello.",
                "Speak TLS, or have the operator allow tcp to this port."
            )
        case .noServerName:
            (.forbidden, "no-server-name", "The ClientHello names no server.", "Send SNI, or name the address itself.")
        case .otherServerName:
            (
                .forbidden, "server-name", "The ClientHello names another host than CONNECT.",
                "Name the same host in both."
            )
        case .cut(let reason): (.forbidden, "cut", reason, "Ask the operator.")
        case .withdrawn:
            (.forbidden, "withdrawn", "The rule that allowed this was taken away meanwhile.", "Ask the operator.")
        }
    }

    private static func wire(_ shortfall: EgressPolicy.Shortfall) -> Wire {
        let (reason, what, member) =
            switch shortfall {
            case .host: ("host-not-allowed", "No rule of this function or its account allows this host.", "host")
            case .speech: ("way-not-allowed", "A rule allows this host, but not to be spoken to in this way.", "speak")
            case .port: ("port-not-allowed", "A rule allows this host, but not this port.", "ports")
            case .method: ("method-not-allowed", "A rule allows this host, but not this method.", "methods")
            case .path: ("path-not-allowed", "A rule allows this host, but not this path.", "paths")
            }
        return (.forbidden, reason, what, "The operator can add an egress rule with this \(member).")
    }

    private static func wire(_ limit: EgressLimits.Limit) -> Wire {
        let status: Status =
            switch limit {
            case .requestsPerSecond, .connections: .tooMany
            case .bytesOut: .tooLarge
            case .bytesIn: .badGateway
            case .connectionTime, .idleTime: .gatewayTimeout
            }
        return (
            status, "limit-\(limit.rawValue)", "The function's egress limit \(limit.rawValue) was hit.",
            "Use less, or have the operator raise the limit."
        )
    }

    private static func wire(_ fault: ResolutionError) -> Wire {
        switch fault {
        case .notFound: (.badGateway, "name-not-found", "The host's name has no address.", "Check its spelling.")
        case .timeout:
            (.gatewayTimeout, "name-timeout", "The host's name was not resolved in time.", "Try again later.")
        case .busy: (.unavailable, "name-busy", "Too many names are being resolved.", "Try again later.")
        }
    }

    private static func wire(_ fault: RequestFault) -> Wire {
        switch fault {
        case .syntax(.headTooLarge):
            (
                .headTooLarge, "head-too-large", "The request's head is too large.",
                "Send fewer or shorter header fields."
            )
        case .syntax(let fault):
            (
                .badRequest, "syntax-\(fault.rawValue)", "This is not strict HTTP/1.1 (\(fault.rawValue)).",
                "Send requests as RFC 9112 has them."
            )
        case .target(let fault): wire(fault)
        case .hostDiffers:
            (
                .badRequest, "host-differs", "The Host field names another host than the target.",
                "Leave Host to the client library."
            )
        case .method: (.badRequest, "method", "This method is not passed on.", "Use another method.")
        case .expectation: (.expectation, "expectation", "Only 100-continue can be expected.", "Leave Expect out.")
        case .bodyInConnect: (.badRequest, "connect-body", "CONNECT has no body.", "Send it without a length.")
        }
    }

    private static func wire(_ fault: TargetError) -> Wire {
        switch fault {
        case .originForm:
            (
                .badRequest, "target-origin-form", "This is a proxy: it needs http://host/path or CONNECT host:port.",
                "Set http_proxy and https_proxy to this address instead of calling it."
            )
        case .secureScheme:
            (
                .badRequest, "target-https", "An https target is reached by CONNECT.",
                "Use CONNECT, or http:// where a rule originates TLS."
            )
        case .userInfo:
            (.badRequest, "target-user", "A target holds no user or password.", "Leave out what is before @.")
        case .badHost(.oddAddress):
            (.badRequest, "target-odd-address", "Addresses are four decimal numbers.", "Spell it as 192.0.2.1.")
        case .badHost(.notASCII):
            (.badRequest, "target-not-ascii", "Names are sent in ASCII.", "Encode the name with IDNA (xn--).")
        case .notHTTP, .badPort, .badHost, .badCharacter, .noPort:
            (.badRequest, "target", "The request target cannot be read.", "Send http://host/path or CONNECT host:port.")
        }
    }

    private static func word(_ fault: PathError) -> String {
        switch fault {
        case .noSlash: "no slash"
        case .badEscape: "bad escape"
        case .dotSegment: "dot segment"
        case .emptySegment: "empty segment"
        case .hiddenDelimiter: "hidden delimiter"
        case .badCharacter: "bad character"
        }
    }
}
