import Core
import Platform

extension EventBridgeOperations {
    var destinationOperations: [String: Handler] {
        [
            "CreateApiDestination": create, "UpdateApiDestination": update, "DeleteApiDestination": delete,
            "DescribeApiDestination": describe, "ListApiDestinations": list,
        ]
    }

    @Sendable private func create(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        var settings = EventDestination.Settings(connection: "", endpoint: "", method: "")
        try request.change(&settings)
        return value(name, try await connections.create(name, settings))
    }

    @Sendable private func update(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        var settings = try await connections.destination(name).settings
        try request.change(&settings)
        let changed = settings
        return value(name, try await connections.change(destination: name) { $0 = changed })
    }

    @Sendable private func delete(_ request: EventBridgeRequest) async throws -> WireValue {
        try await connections.delete(destination: request.name("Name"))
        return [:]
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("Name")
        let destination = try await connections.destination(name)
        return value(name, destination).with("Description", WireValue(destination.settings.summary))
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let prefix = request.text("NamePrefix") ?? ""
        let found = try await connections.allDestinations().filter { name, destination in
            name.text.hasPrefix(prefix)
                && request.text("ConnectionArn").map { $0 == destination.settings.connection } ?? true
        }
        let page = try request.page(found) { $0.name.text }
        return [
            "ApiDestinations": .list(page.elements.map { value($0.name, $0.destination) }),
            "NextToken": WireValue(page.next),
        ]
    }

    private func value(_ name: RuleName, _ destination: EventDestination) -> WireValue {
        let settings = destination.settings
        return [
            "ApiDestinationArn": .string(connections.arn(name, destination).description), "Name": .string(name.text),
            "ApiDestinationState": "ACTIVE", "ConnectionArn": .string(settings.connection),
            "InvocationEndpoint": .string(settings.endpoint), "HttpMethod": .string(settings.method),
            "InvocationRateLimitPerSecond": .integer(Int64(settings.rate)),
            "CreationTime": .timestamp(destination.created.seconds),
            "LastModifiedTime": .timestamp(destination.modified.seconds),
        ]
    }
}

extension EventBridgeRequest {
    /// What the input says of a destination; what it does not say stays.
    fileprivate func change(_ settings: inout EventDestination.Settings) throws {
        if let connection = text("ConnectionArn") { settings.connection = connection }
        if let endpoint = text("InvocationEndpoint") {
            // Plain HTTP is called only where the account's rules of the way out for destinations allow it.
            guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
                throw WireError(
                    "ValidationException",
                    "Parameter InvocationEndpoint is not valid. Reason: It must begin with https://.")
            }
            settings.endpoint = endpoint
        }
        if let method = text("HttpMethod") { settings.method = method }
        if let rate = input["InvocationRateLimitPerSecond"]?.int { settings.rate = rate }
        if let summary = text("Description") { settings.summary = summary }
    }
}
