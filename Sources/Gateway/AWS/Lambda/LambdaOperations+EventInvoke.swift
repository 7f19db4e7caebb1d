import Core
import Platform

extension LambdaOperations {
    var eventInvokeOperations: [String: Handler] {
        [
            "PutFunctionEventInvokeConfig": { try await setEventInvoke($0, keeping: false) },
            "UpdateFunctionEventInvokeConfig": { try await setEventInvoke($0, keeping: true) },
            "GetFunctionEventInvokeConfig": getEventInvoke, "DeleteFunctionEventInvokeConfig": deleteEventInvoke,
            "ListFunctionEventInvokeConfigs": listEventInvokes,
        ]
    }

    private func setEventInvoke(_ request: Request, keeping: Bool) async throws -> WireValue {
        let reference = try request.reference()
        let input = request.input
        var new = EventInvokeConfiguration()
        new.maximumRetries = input["MaximumRetryAttempts"]?.int
        new.maximumAgeSeconds = input["MaximumEventAgeInSeconds"]?.int
        new.onSuccess = try destination(input["DestinationConfig"]?["OnSuccess"])
        new.onFailure = try destination(input["DestinationConfig"]?["OnFailure"])
        guard new != EventInvokeConfiguration() || input["DestinationConfig"] != nil else {
            throw WireError.invalidParameter(
                "You must specify at least one of MaximumRetryAttempts, MaximumEventAgeInSeconds or DestinationConfig.")
        }
        return show(
            try await functions.setEventInvoke(
                new, of: reference.name, reference.qualifier, keeping: keeping, in: request.account))
    }

    @Sendable private func getEventInvoke(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        return show(
            try await functions.eventInvoke(of: reference.name, reference.qualifier, in: request.account))
    }

    @Sendable private func deleteEventInvoke(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        try await functions.deleteEventInvoke(of: reference.name, reference.qualifier, in: request.account)
        return [:]
    }

    @Sendable private func listEventInvokes(_ request: Request) async throws -> WireValue {
        let page = try await functions.listEventInvokes(
            of: request.reference().name, after: request.input["Marker"]?.string, limit: request.pageSize,
            in: request.account)
        return WireValue(page, named: "FunctionEventInvokeConfigs", show)
    }

    private func destination(_ value: WireValue?) throws -> String? {
        guard let text = value?["Destination"]?.string, !text.isEmpty else { return nil }
        guard let arn = try? ARN(text), ["sqs", "sns", "lambda", "events", "s3"].contains(arn.service) else {
            throw WireError(ConfigurationError.targetMalformed(text))
        }
        return text
    }

    private func show(_ found: EventInvokeDescription) -> WireValue {
        let configuration = found.setting.configuration
        return [
            "LastModified": .timestamp(Double(found.setting.lastModified) / 1000),
            "FunctionArn": .string(found.arn),
            "MaximumRetryAttempts": WireValue(configuration.maximumRetries),
            "MaximumEventAgeInSeconds": WireValue(configuration.maximumAgeSeconds),
            "DestinationConfig": [
                "OnSuccess": ["Destination": WireValue(configuration.onSuccess)],
                "OnFailure": ["Destination": WireValue(configuration.onFailure)],
            ],
        ]
    }
}
