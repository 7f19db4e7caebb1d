import Core
import Platform

extension EventBridgeOperations {
    var connectionOperations: [String: Handler] {
        [
            "CreateConnection": create, "UpdateConnection": update, "DeleteConnection": delete,
            "DeauthorizeConnection": deauthorize, "DescribeConnection": describe, "ListConnections": list,
        ]
    }

    @Sendable private func create(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        var settings = EventConnection.Settings(
            authorization: request.text("AuthorizationType") ?? "",
            parameters: (request.input["AuthParameters"] ?? [:]).json.text)
        settings.summary = request.text("Description")
        settings.keyID = request.text("KmsKeyIdentifier")
        try check(settings, request)
        return value(name, try await connections.create(name, settings))
    }

    @Sendable private func update(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        var settings = try await connections.connection(name).settings
        if let kind = request.text("AuthorizationType") { settings.authorization = kind }
        if let parameters = request.input["AuthParameters"] {
            settings.parameters = Self.merged(.kept(settings.parameters), parameters).json.text
        }
        settings.parameters = Self.without(settings.parameters, allBut: settings.authorization)
        if let summary = request.text("Description") { settings.summary = summary }
        if let key = request.text("KmsKeyIdentifier") { settings.keyID = key }
        try check(settings, request)
        let changed = settings
        return value(
            name,
            try await connections.change(connection: name) { connection in
                connection.settings = changed
                connection.isAuthorized = true
            })
    }

    @Sendable private func delete(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        return value(name, try await connections.delete(connection: name)).with("ConnectionState", "DELETING")
    }

    @Sendable private func deauthorize(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        return value(name, try await connections.change(connection: name) { $0.isAuthorized = false })
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        let connection = try await connections.connection(name)
        let secret = ARN(
            service: "secretsmanager", region: buses.region, account: buses.account,
            resource: "secret:events!connection/\(name)/\(connection.id)")
        return value(name, connection).with("Description", WireValue(connection.settings.summary))
            .with("KmsKeyIdentifier", WireValue(connection.settings.keyID))
            .with("SecretArn", .string(secret.description))
            .with("AuthParameters", Self.harmless(.kept(connection.settings.parameters)))
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let prefix = request.text("NamePrefix") ?? ""
        let found = try await connections.allConnections().filter { name, connection in
            name.text.hasPrefix(prefix)
                && request.text("ConnectionState").map { $0 == Self.state(connection) } ?? true
        }
        let page = try request.page(found) { $0.name.text }
        return [
            "Connections": .list(page.elements.map { value($0.name, $0.connection) }),
            "NextToken": WireValue(page.next),
        ]
    }

    private static let kinds = [
        "BASIC": "BasicAuthParameters", "API_KEY": "ApiKeyAuthParameters",
        "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
    ]

    /// What is said anew in the place of what was said before; what is not said stays.
    private static func merged(_ old: WireValue, _ new: WireValue) -> WireValue {
        guard case .structure(let fields) = new, case .structure = old else { return new }
        var merged = old
        for (member, value) in fields.members { merged[member] = old[member].map { Self.merged($0, value) } ?? value }
        return merged
    }

    /// The parameters without those of other kinds of authorization, and their secrets.
    private static func without(_ parameters: String, allBut kind: String) -> String {
        let others = Set(kinds.filter { $0.key != kind }.values)
        guard case .structure(let fields) = WireValue.kept(parameters) else { return parameters }
        return WireValue.structure(WireFields(fields.members.filter { !others.contains($0.name) })).json.text
    }

    private func check(_ settings: EventConnection.Settings, _ request: EventBridgeRequest) throws {
        let wanted = Self.kinds[settings.authorization] ?? ""
        guard WireValue.kept(settings.parameters)[wanted] != nil else {
            throw WireError(
                "ValidationException",
                "Parameter AuthParameters is not valid. Reason: \(settings.authorization) needs \(wanted).")
        }
        guard settings.isComplete else {
            throw WireError(
                "ValidationException",
                "Parameter AuthParameters is not valid. Reason: \(wanted) lacks what \(settings.authorization) needs.")
        }
        guard request.input["InvocationConnectivityParameters"] == nil else {
            throw WireError(
                "ValidationException", "InvocationConnectivityParameters: private endpoints are not provided here.")
        }
    }

    private static func state(_ connection: EventConnection) -> String {
        connection.isAuthorized ? "AUTHORIZED" : "DEAUTHORIZED"
    }

    private func value(_ name: RuleName, _ connection: EventConnection) -> WireValue {
        [
            "ConnectionArn": .string(connections.arn(name, connection).description), "Name": .string(name.text),
            "ConnectionState": .string(Self.state(connection)),
            "AuthorizationType": .string(connection.settings.authorization),
            "CreationTime": .timestamp(connection.created.seconds),
            "LastModifiedTime": .timestamp(connection.modified.seconds),
            "LastAuthorizedTime": .timestamp(connection.modified.seconds),
        ]
    }

    /// The parameters without what must not be shown.
    static func harmless(_ value: WireValue) -> WireValue {
        switch value {
        case .list(let elements): return .list(elements.map(harmless))
        case .structure(let fields):
            let hidden: Set<String> = ["Password", "ClientSecret", "ApiKeyValue"]
            let isSecret = fields["IsValueSecret"]?.bool == true
            return .structure(
                WireFields(
                    fields.members.filter { !hidden.contains($0.name) && !(isSecret && $0.name == "Value") }
                        .map { ($0.name, harmless($0.value)) }))
        default: return value
        }
    }
}
