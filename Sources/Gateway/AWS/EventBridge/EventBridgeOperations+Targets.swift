import Core
import Platform

extension EventBridgeOperations {
    var targetOperations: [String: Handler] {
        ["PutTargets": put, "RemoveTargets": remove, "ListTargetsByRule": list]
    }

    @Sendable private func put(_ request: EventBridgeRequest) async throws -> WireValue {
        let id = try request.rule("Rule")
        var targets: [EventTarget] = []
        for value in request.input["Targets"]?.list ?? [] {
            let target = try EventTarget(value, request)
            guard !targets.contains(where: { $0.id == target.id }) else {
                throw WireError("ValidationException", "Two targets of the request have the id \(target.id).")
            }
            targets.append(target)
        }
        for target in targets { try await requirePassable(target.role, by: request.call) }
        try await buses.putTargets(targets, of: id)
        return ["FailedEntryCount": 0, "FailedEntries": []]
    }

    @Sendable private func remove(_ request: EventBridgeRequest) async throws -> WireValue {
        let id = try request.rule("Rule")
        let missing = try await buses.removeTargets(request.input["Ids"]?.strings ?? [], of: id)
        return [
            "FailedEntryCount": .integer(Int64(missing.count)),
            "FailedEntries": .list(
                missing.map { target in
                    [
                        "TargetId": .string(target), "ErrorCode": "ResourceNotFoundException",
                        "ErrorMessage": "Rule '\(id.name)' does not have a target with the Id '\(target)'.",
                    ]
                }),
        ]
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let id = try request.rule("Rule")
        if let rule = try buses.archiveRule(id) { return ["Targets": [target(of: rule)]] }
        let targets = try buses.rule(id).targets.sorted { $0.id < $1.id }
        let page = try request.page(targets) { $0.id }
        return ["Targets": .list(page.elements.map(\.value)), "NextToken": WireValue(page.next)]
    }

    /// Where the rule of an archive leads: to EventBridge itself.
    private func target(of rule: ArchiveRule) -> WireValue {
        let template: JSON = [
            "archive-arn": .string(buses.arn(archive: rule.archive).description), "event": "<aws.events.event.json>",
            "ingestion-time": "<aws.events.event.ingestion-time>",
        ]
        return [
            "Id": .string(rule.name.text), "Arn": .string("arn:aws:events:\(buses.region)::"),
            "InputTransformer": ["InputTemplate": .string(template.text)],
        ]
    }
}

extension EventTarget {
    /// Members that are kept as they are: what they say is for kinds of targets, or for none that is here.
    private static let kept = [
        "HttpParameters", "KinesisParameters", "EcsParameters", "BatchParameters", "RunCommandParameters",
        "RedshiftDataParameters", "SageMakerPipelineParameters", "AppSyncParameters",
    ]

    /// Reads a target out of the input of an operation.
    init(_ value: WireValue, _ request: EventBridgeRequest) throws {
        self.init(id: value["Id"]?.string ?? "", arn: value["Arn"]?.string ?? "")
        role = try request.role(value)
        input = try Self.input(value, id)
        retry = value["RetryPolicy"].map { policy in
            DeliveryRetry(
                attempts: policy["MaximumRetryAttempts"]?.int ?? DeliveryRetry.standard.attempts,
                age: policy["MaximumEventAgeInSeconds"]?.int ?? DeliveryRetry.standard.age)
        }
        deadLetter = value["DeadLetterConfig"]?["Arn"]?.string
        messageGroup = value["SqsParameters"]?["MessageGroupId"]?.string
        for name in Self.kept { if let said = value[name] { parameters[name] = said.json.text } }
    }

    private static func input(_ value: WireValue, _ id: String) throws -> TargetInput {
        let (input, path, transformer) = (value["Input"]?.string, value["InputPath"]?.string, value["InputTransformer"])
        guard [input != nil, path != nil, transformer != nil].count(where: { $0 }) <= 1 else {
            throw invalid("Only one of Input, InputPath, or InputTransformer must be provided for target \(id).")
        }
        if let input {
            do { _ = try JSON(parsing: input) } catch {
                throw invalid("JSON syntax error in input for target \(id), at byte \(error.offset).")
            }
            return .constant(input)
        }
        if let path {
            guard let path = EventPath(path) else { throw invalid("Invalid InputPath for target \(id).") }
            return .path(path)
        }
        guard let transformer else { return .event }
        var paths: [String: String] = [:]
        for (name, path) in transformer["InputPathsMap"]?.fields?.members ?? [] { paths[name] = path.string ?? "" }
        do throws(InputTransformer.Flaw) {
            return .transformed(
                try InputTransformer(paths: paths, template: transformer["InputTemplate"]?.string ?? ""))
        } catch { throw invalid(Self.words(for: error, id)) }
    }

    private static func words(for flaw: InputTransformer.Flaw, _ id: String) -> String {
        switch flaw {
        case .tooManyVariables(let limit): "InputPathsMap of target \(id) may have at most \(limit) keys."
        case .badName(let name):
            "InputPathsMap of target \(id) has the key '\(name.prefix(256))'; keys have letters, digits, '-' and '_', "
                + "and do not begin with AWS."
        case .badPath(let path): "Invalid InputPath for target \(id): '\(path.prefix(256))'."
        case .badTemplateLength(let limit): "InputTemplate of target \(id) must have 1 to \(limit) bytes."
        case .unknownVariable(let name):
            "InputTemplate for target \(id) contains the placeholder <\(name.prefix(256))>, which InputPathsMap does not "
                + "define."
        case .notJSON(let byte), .outputTooLarge(let byte):
            "Invalid InputTemplate for target \(id): with values in its place it is not JSON, at byte \(byte)."
        }
    }

    private static func invalid(_ message: String) -> WireError { WireError("ValidationException", message) }

    /// The target as it was put.
    var value: WireValue {
        var value: WireValue = [
            "Id": .string(id), "Arn": .string(arn), "RoleArn": WireValue(role?.text),
            "RetryPolicy": retry.map { retry in
                [
                    "MaximumRetryAttempts": .integer(Int64(retry.attempts)),
                    "MaximumEventAgeInSeconds": .integer(Int64(retry.age)),
                ]
            } ?? .null,
            "DeadLetterConfig": deadLetter.map { ["Arn": .string($0)] } ?? .null,
            "SqsParameters": messageGroup.map { ["MessageGroupId": .string($0)] } ?? .null,
        ]
        switch input {
        case .event: break
        case .constant(let text): value["Input"] = .string(text)
        case .path(let path): value["InputPath"] = .string(path.text)
        case .transformed(let transformer):
            let paths = transformer.paths.sorted { $0.key < $1.key }.map { ($0.key, WireValue.string($0.value.text)) }
            value["InputTransformer"] = [
                "InputPathsMap": paths.isEmpty ? .null : .structure(WireFields(paths)),
                "InputTemplate": .string(transformer.template),
            ]
        }
        for (name, text) in parameters { value[name] = .kept(text) }
        return value
    }
}
