import Core
import Platform

extension EventBridgeOperations {
    var archiveOperations: [String: Handler] {
        [
            "CreateArchive": create, "UpdateArchive": update, "DeleteArchive": delete, "DescribeArchive": describe,
            "ListArchives": list,
        ]
    }

    @Sendable private func create(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ArchiveName")
        let bus = try request.busOfARN("EventSourceArn")
        var settings = EventArchiveSettings()
        request.change(&settings)
        let archive = try await buses.createArchive(name, of: bus, settings)
        return answer(name, archive)
    }

    @Sendable private func update(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ArchiveName")
        return answer(name, try await buses.changeArchive(name) { request.change(&$0) })
    }

    @Sendable private func delete(_ request: EventBridgeRequest) async throws -> WireValue {
        try await buses.deleteArchive(request.name("ArchiveName"))
        return [:]
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ArchiveName")
        let archive = try await buses.archive(name)
        return try await value(name, archive).with("ArchiveArn", .string(buses.arn(archive: name).description))
            .with("Description", WireValue(archive.settings.summary))
            .with("EventPattern", WireValue(archive.settings.pattern))
            .with("KmsKeyIdentifier", WireValue(archive.settings.keyID))
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let filters = [request.text("NamePrefix"), request.text("EventSourceArn"), request.text("State")]
        guard filters.count(where: { $0 != nil }) <= 1 else {
            throw WireError(
                "ValidationException",
                "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.")
        }
        let prefix = request.text("NamePrefix") ?? ""
        let found = try await buses.archives().filter { name, archive in
            name.text.hasPrefix(prefix)
                && request.text("EventSourceArn").map { $0 == buses.arn(archive.bus).description } ?? true
                && request.text("State") ?? "ENABLED" == "ENABLED"
        }
        let page = try request.page(found) { $0.name.text }
        var values: [WireValue] = []
        for (name, archive) in page.elements { values.append(try await value(name, archive)) }
        return ["Archives": .list(values), "NextToken": WireValue(page.next)]
    }

    private func answer(_ name: RuleName, _ archive: EventArchive) -> WireValue {
        [
            "ArchiveArn": .string(buses.arn(archive: name).description), "State": "ENABLED",
            "CreationTime": .timestamp(archive.created.seconds),
        ]
    }

    private func value(_ name: RuleName, _ archive: EventArchive) async throws -> WireValue {
        let size = try await buses.size(of: name)
        return [
            "ArchiveName": .string(name.text), "EventSourceArn": .string(buses.arn(archive.bus).description),
            "State": "ENABLED", "RetentionDays": .integer(Int64(archive.settings.days)),
            "SizeBytes": .integer(size.bytes), "EventCount": .integer(size.events),
            "CreationTime": .timestamp(archive.created.seconds),
        ]
    }
}

extension EventBridgeRequest {
    /// The bus that a member names by its ARN.
    func busOfARN(_ member: String) throws -> EventBusName {
        let text = text(member) ?? ""
        guard text.contains(":event-bus/") else {
            throw WireError(
                "ValidationException", "Parameter \(member) is not valid. Reason: Must contain an event bus ARN.")
        }
        let name = try buses.busName(text)
        _ = try buses.bus(name)
        return name
    }

    /// What the input says of an archive; what it does not say stays.
    fileprivate func change(_ settings: inout EventArchiveSettings) {
        if let pattern = text("EventPattern") { settings.pattern = pattern.isEmpty ? nil : pattern }
        if let days = input["RetentionDays"]?.int { settings.days = days }
        if let summary = text("Description") { settings.summary = summary }
        if let key = text("KmsKeyIdentifier") { settings.keyID = key }
    }
}
