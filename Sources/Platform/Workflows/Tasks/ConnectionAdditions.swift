import Core

/// What a connection adds to a request, secrets among it.
///
/// Source: EventBridge API reference, `CreateConnectionAuthRequestParameters`.
struct ConnectionAdditions: Sendable {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var query: [(name: String, value: String)] = []
    private(set) var body: [(name: String, value: String)] = []
    /// How a token is to be asked for before anything else; `nil` where none is needed.
    private(set) var grant: Grant?

    private init(user: String, password: String) {
        headers.append(("Authorization", "Basic \(Base64.encode("\(user):\(password)".utf8))"))
    }

    /// Reads a connection's settings.
    init(_ settings: EventConnection.Settings) {
        // Written by us; what is no JSON says nothing.
        let parameters = (try? JSON(parsing: settings.parameters)) ?? .null
        if settings.authorization == "BASIC" {
            let basic = parameters["BasicAuthParameters"]
            self.init(user: basic?["Username"]?.string ?? "", password: basic?["Password"]?.string ?? "")
        } else {
            self.init()
        }
        if settings.authorization == "API_KEY" {
            let key = parameters["ApiKeyAuthParameters"]
            headers.append((key?["ApiKeyName"]?.string ?? "", key?["ApiKeyValue"]?.string ?? ""))
        } else if settings.authorization == "OAUTH_CLIENT_CREDENTIALS" {
            grant = Grant(parameters["OAuthParameters"])
        }
        add(parameters["InvocationHttpParameters"])
    }

    private init() {}

    private mutating func add(_ parameters: JSON?) {
        headers += Self.pairs(parameters?["HeaderParameters"])
        query += Self.pairs(parameters?["QueryStringParameters"])
        body += Self.pairs(parameters?["BodyParameters"])
    }

    private static func pairs(_ list: JSON?) -> [(name: String, value: String)] {
        (list?.array ?? []).map { ($0["Key"]?.string ?? "", $0["Value"]?.string ?? "") }
    }

    /// The proof with a token that was given out for it.
    func with(token: String) -> ConnectionAdditions {
        var proof = self
        proof.headers.append(("Authorization", "Bearer \(token)"))
        proof.grant = nil
        return proof
    }
}

extension ConnectionAdditions {
    /// How a token is asked for (RFC 6749 section 4.4).
    struct Grant: Sendable {
        let endpoint: String
        let method: String
        fileprivate let client: JSON?
        fileprivate let extras: JSON?

        fileprivate init(_ parameters: JSON?) {
            endpoint = parameters?["AuthorizationEndpoint"]?.string ?? ""
            method = parameters?["HttpMethod"]?.string ?? "POST"
            client = parameters?["ClientParameters"]
            extras = parameters?["OAuthHttpParameters"]
        }

        /// What the request for the token proves itself with.
        var proof: ConnectionAdditions {
            var proof = ConnectionAdditions(
                user: client?["ClientID"]?.string ?? "", password: client?["ClientSecret"]?.string ?? "")
            proof.add(extras)
            return proof
        }
    }
}
