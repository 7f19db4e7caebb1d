import Core
import Platform

extension StepFunctionsOperations {
    var machineOperations: [String: Handler] {
        [
            "CreateStateMachine": create, "DescribeStateMachine": describe, "UpdateStateMachine": update,
            "DeleteStateMachine": delete, "ListStateMachines": list, "ListTagsForResource": listTags,
            "TagResource": tag, "UntagResource": untag,
        ]
    }

    @Sendable private func create(_ request: Request) async throws -> WireValue {
        let input = request.input
        let role = try request.role()
        let settings = WorkflowSettings(
            definition: input["definition"]?.string ?? "", role: role, logging: try request.logging(),
            isTraced: input["tracingConfiguration"]?["enabled"]?.bool ?? false,
            encryption: input["encryptionConfiguration"]?.json.text)
        try await requireUsable(role, by: request.call)
        let found = try await machines.create(
            request.name(), WorkflowType(rawValue: input["type"]?.string ?? "") ?? .standard, settings,
            tags: request.tags)
        return [
            "stateMachineArn": .string(machines.arn(found.name).description),
            "creationDate": .timestamp(found.workflow.created.seconds),
        ]
    }

    @Sendable private func describe(_ request: Request) async throws -> WireValue {
        let found = try await machines.machine(machines.name(request.arn("stateMachineArn")))
        var value = WireValue.settings(found.revision.settings)
        value["stateMachineArn"] = .string(machines.arn(found.name).description)
        value["name"] = .string(found.name.text)
        value["status"] = found.workflow.isDeleting ? "DELETING" : "ACTIVE"
        value["type"] = .string(found.workflow.type.rawValue)
        value["creationDate"] = .timestamp(found.workflow.created.seconds)
        value["revisionId"] = WireValue(found.workflow.shownRevision)
        return value
    }

    @Sendable private func update(_ request: Request) async throws -> WireValue {
        let input = request.input
        let name = try machines.name(request.arn("stateMachineArn"))
        guard
            ["definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"]
                .contains(where: { input[$0] != nil })
        else {
            throw WireError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration or the "
                    + "TracingConfiguration must be specified")
        }
        let role = input["roleArn"] == nil ? nil : try request.role()
        if let role { try await requireUsable(role, by: request.call) }
        let logging = try request.logging()
        let found = try await machines.update(name) { settings in
            if let definition = input["definition"]?.string { settings.definition = definition }
            if let role { settings.role = role }
            if let logging { settings.logging = logging }
            if let traced = input["tracingConfiguration"]?["enabled"]?.bool { settings.isTraced = traced }
            if let encryption = input["encryptionConfiguration"]?.json.text { settings.encryption = encryption }
        }
        return [
            "updateDate": .timestamp(found.workflow.updated.seconds),
            "revisionId": WireValue(found.workflow.shownRevision),
        ]
    }

    @Sendable private func delete(_ request: Request) async throws -> WireValue {
        try await workflows.delete(machines.name(request.arn("stateMachineArn")))
        return [:]
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let page = try await machines.list(after: request.token, limit: request.limit)
        return [
            "stateMachines": .list(
                page.machines.map { name, workflow in
                    [
                        "stateMachineArn": .string(machines.arn(name).description), "name": .string(name.text),
                        "type": .string(workflow.type.rawValue),
                        "creationDate": .timestamp(workflow.created.seconds),
                    ]
                }), "nextToken": WireValue(page.next),
        ]
    }

    @Sendable private func listTags(_ request: Request) async throws -> WireValue {
        let tags = try await machines.tags(of: try request.tagged(machines)).sorted { $0.key < $1.key }
        return ["tags": .list(tags.map { ["key": .string($0.key), "value": .string($0.value)] })]
    }

    @Sendable private func tag(_ request: Request) async throws -> WireValue {
        try await machines.tag(request.tagged(machines), with: request.tags)
        return [:]
    }

    @Sendable private func untag(_ request: Request) async throws -> WireValue {
        try await machines.untag(request.tagged(machines), request.input["tagKeys"]?.strings ?? [])
        return [:]
    }
}

extension StepFunctionsOperations.Request {
    fileprivate func role() throws -> RoleARN {
        let text = input["roleArn"]?.string ?? ""
        do { return try RoleARN(text) } catch { throw Self.invalidARN(text) }
    }

    /// What is to be told to a log group; `nil` where nothing is said of it.
    fileprivate func logging() throws -> WorkflowSettings.Logging? {
        guard let logging = input["loggingConfiguration"] else { return nil }
        let destinations = logging["destinations"]?.list ?? []
        let level = WorkflowSettings.Logging.Level(rawValue: logging["level"]?.string ?? "") ?? .off
        let group = destinations.first?["cloudWatchLogsLogGroup"]?["logGroupArn"]?.string
        guard destinations.count <= 1, level == .off || group != nil else {
            throw WireError(
                "InvalidLoggingConfiguration",
                "Invalid Logging Configuration: Must specify exactly one Log Destination.")
        }
        return WorkflowSettings.Logging(
            level: level, includesData: logging["includeExecutionData"]?.bool ?? false, destination: group)
    }

    /// The machine whose tags are meant.
    fileprivate func tagged(_ machines: StateMachines) throws -> WorkflowName {
        let text = try arn("resourceArn")
        do { return try machines.name(text) } catch {
            throw WireError("ResourceNotFound", "Resource not found: '\(text)'")
        }
    }
}

extension WireValue {
    /// What was said of a machine.
    static func settings(_ settings: WorkflowSettings) -> WireValue {
        let logging = settings.logging ?? WorkflowSettings.Logging()
        var value: WireValue = [
            "definition": .string(settings.definition), "roleArn": .string(settings.role.text),
            "loggingConfiguration": [
                "level": .string(logging.level.rawValue), "includeExecutionData": .bool(logging.includesData),
            ],
            "tracingConfiguration": ["enabled": .bool(settings.isTraced)],
        ]
        if let group = logging.destination {
            value["loggingConfiguration"] = [
                "level": .string(logging.level.rawValue), "includeExecutionData": .bool(logging.includesData),
                "destinations": [["cloudWatchLogsLogGroup": ["logGroupArn": .string(group)]]],
            ]
        }
        // It was JSON when it came.
        if let text = settings.encryption, let json = try? JSON(parsing: text) {
            value["encryptionConfiguration"] = WireValue(json)
        }
        return value
    }
}
