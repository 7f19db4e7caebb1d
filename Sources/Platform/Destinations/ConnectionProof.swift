import Core

/// How calls prove who they are, as a connection says it.
enum ConnectionProof: Equatable, Sendable {
    /// The client credentials grant of OAuth 2.0 (RFC 6749 section 4.4).
    struct Grant: Equatable, Sendable {
        let endpoint: String
        let method: String
        let clientID: String
        let clientSecret: String
        let added: AddedParameters
    }

    case key(name: String, value: String)
    case basic(user: String, password: String)
    case grant(Grant)

    /// Reads the parameters of a connection; `nil` where they do not say what their kind needs.
    init?(_ settings: EventConnection.Settings) {
        // It was JSON when it was kept.
        guard let json = try? JSON(parsing: settings.parameters) else { return nil }
        switch settings.authorization {
        case "API_KEY":
            let said = json["ApiKeyAuthParameters"]
            guard let name = said?["ApiKeyName"]?.string, let value = said?["ApiKeyValue"]?.string else { return nil }
            self = .key(name: name, value: value)
        case "BASIC":
            let said = json["BasicAuthParameters"]
            guard let user = said?["Username"]?.string, let password = said?["Password"]?.string else { return nil }
            self = .basic(user: user, password: password)
        default:
            let said = json["OAuthParameters"]
            guard let endpoint = said?["AuthorizationEndpoint"]?.string,
                let id = said?["ClientParameters"]?["ClientID"]?.string,
                let secret = said?["ClientParameters"]?["ClientSecret"]?.string
            else { return nil }
            self = .grant(
                Grant(
                    endpoint: endpoint, method: said?["HttpMethod"]?.string ?? "POST", clientID: id,
                    clientSecret: secret, added: AddedParameters(connection: said?["OAuthHttpParameters"])))
        }
    }

    /// What goes along with calls beside the proof.
    static func added(by settings: EventConnection.Settings) -> AddedParameters {
        let json = try? JSON(parsing: settings.parameters)
        return AddedParameters(connection: json?["InvocationHttpParameters"])
    }

    /// The header that is the proof; of a grant its token.
    func header(token: String?) -> AddedParameters.Field? {
        switch self {
        case .key(let name, let value): AddedParameters.Field(name: name, value: value)
        case .basic(let user, let password):
            AddedParameters.Field(
                name: "Authorization", value: "Basic \(Base64.encode(Array("\(user):\(password)".utf8)))")
        case .grant: token.map { AddedParameters.Field(name: "Authorization", value: "Bearer \($0)") }
        }
    }
}

extension EventConnection.Settings {
    /// Whether the parameters say all that their kind of authorization needs.
    package var isComplete: Bool { ConnectionProof(self) != nil }
}

extension ConnectionProof.Grant {
    /// The request for a token.
    ///
    /// What the connection adds under the name of something of the grant goes in its place.
    func request() throws(DestinationRequest.Flaw) -> DestinationRequest {
        var own = AddedParameters()
        own.body = [
            AddedParameters.Field(name: "grant_type", value: "client_credentials"),
            AddedParameters.Field(name: "client_id", value: clientID),
            AddedParameters.Field(name: "client_secret", value: clientSecret),
        ]
        own.headers = [
            AddedParameters.Field(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8"),
            AddedParameters.Field(name: "Accept", value: "application/json"),
        ]
        var all = own.below(added)
        if method == "GET" {
            all.query += all.body
            all.body = []
        }
        let form = all.body.map { DestinationRequest.pair($0) }.joined(separator: "&")
        all.body = []
        return try DestinationRequest(endpoint: endpoint, method: method, all, body: Array(form.utf8))
    }
}
