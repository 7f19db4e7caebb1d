import Core
import Platform

extension EventBridgeOperations {
    var busOperations: [String: Handler] {
        [
            "CreateEventBus": create, "UpdateEventBus": update, "DeleteEventBus": delete,
            "DescribeEventBus": describe, "ListEventBuses": list, "PutPermission": putPermission,
            "RemovePermission": removePermission,
        ]
    }

    @Sendable private func create(_ request: EventBridgeRequest) async throws -> WireValue {
        guard request.text("EventSourceName") == nil else {
            throw EventBusError.resourceMissing(request.text("EventSourceName") ?? "")
        }
        let name = try request.bus("Name")
        let settings = settings(request.input)
        try await buses.create(name, settings, tags: request.tags)
        return described(settings).with("EventBusArn", .string(buses.arn(name).description))
    }

    @Sendable private func update(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.bus("Name")
        let settings = settings(request.input)
        _ = try await buses.change(name) { bus in bus.settings = settings }
        return described(settings).with("Arn", .string(buses.arn(name).description)).with("Name", .string(name.text))
    }

    @Sendable private func delete(_ request: EventBridgeRequest) async throws -> WireValue {
        try await buses.delete(request.bus("Name"))
        return [:]
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.bus("Name")
        return value(name, try buses.bus(name))
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let prefix = request.text("NamePrefix") ?? ""
        let page = try request.page(buses.buses().filter { $0.name.text.hasPrefix(prefix) }) { $0.name.text }
        return [
            "EventBuses": .list(page.elements.map { value($0.name, $0.bus) }), "NextToken": WireValue(page.next),
        ]
    }

    @Sendable private func putPermission(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.bus()
        if let policy = request.text("Policy") {
            guard ["Action", "Principal", "StatementId", "Condition"].allSatisfy({ request.input[$0] == nil }) else {
                throw WireError(
                    "ValidationException", "Parameter Policy must not be given with any other but EventBusName.")
            }
            _ = try await buses.change(name) { (bus) throws(EventBusError) in try bus.setPolicy(policy) }
            return [:]
        }
        for member in ["Action", "Principal", "StatementId"] where request.text(member) == nil {
            throw WireError("ValidationException", "Parameter \(member) must be specified.")
        }
        guard let action = request.text("Action"), let principal = request.text("Principal"),
            let id = request.text("StatementId")
        else { return [:] }
        let input = request.input["Condition"]
        let condition = input.map { value in
            (value["Type"]?.string ?? "", value["Key"]?.string ?? "", value["Value"]?.string ?? "")
        }
        let arn = buses.arn(name)
        _ = try await buses.change(name) { (bus) throws(EventBusError) in
            try bus.putPermission(id, action: action, principal: principal, condition: condition, on: arn)
        }
        return [:]
    }

    @Sendable private func removePermission(_ request: EventBridgeRequest) async throws -> WireValue {
        let all = request.input["RemoveAllPermissions"]?.bool ?? false
        let id = request.text("StatementId")
        guard all || id != nil else {
            throw WireError("ValidationException", "Parameter StatementId must be specified.")
        }
        _ = try await buses.change(request.bus()) { (bus) throws(EventBusError) in
            if all { bus.policy = nil } else { try bus.removePermission(id ?? "") }
        }
        return [:]
    }

    private func settings(_ input: WireValue) -> EventBusSettings {
        var settings = EventBusSettings()
        settings.summary = input["Description"]?.string
        settings.keyID = input["KmsKeyIdentifier"]?.string
        settings.deadLetter = input["DeadLetterConfig"]?["Arn"]?.string
        settings.logging = input["LogConfig"]?.json.text
        return settings
    }

    private func described(_ settings: EventBusSettings) -> WireValue {
        [
            "Description": WireValue(settings.summary), "KmsKeyIdentifier": WireValue(settings.keyID),
            "DeadLetterConfig": settings.deadLetter.map { ["Arn": .string($0)] } ?? .null,
            "LogConfig": .kept(settings.logging),
        ]
    }

    private func value(_ name: EventBusName, _ bus: EventBus) -> WireValue {
        described(bus.settings).with("Name", .string(name.text)).with("Arn", .string(buses.arn(name).description))
            .with("Policy", WireValue(bus.policy)).with("CreationTime", .timestamp(bus.created.seconds))
            .with("LastModifiedTime", .timestamp(bus.modified.seconds))
    }
}

extension WireValue {
    /// The same with one more member.
    func with(_ name: String, _ value: WireValue) -> WireValue {
        var copy = self
        copy[name] = value
        return copy
    }

    /// What was kept as JSON, to be given back.
    static func kept(_ text: String?) -> WireValue {
        // It was written by us.
        text.flatMap { try? JSON(parsing: $0) }.map { WireValue($0) } ?? .null
    }
}
