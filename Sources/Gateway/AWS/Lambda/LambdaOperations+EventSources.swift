import Core
import Platform

extension LambdaOperations {
    var eventSourceOperations: [String: Handler] {
        [
            "CreateEventSourceMapping": createSource, "GetEventSourceMapping": getSource,
            "UpdateEventSourceMapping": updateSource, "DeleteEventSourceMapping": deleteSource,
            "ListEventSourceMappings": listSources,
        ]
    }

    private static let pageLimit = 100

    @Sendable private func createSource(_ request: Request) async throws -> WireValue {
        let input = EventSourceInput(input: request.input)
        guard let arn = request.input["EventSourceArn"]?.string else {
            throw WireError.invalidParameter("Unrecognized event source.")
        }
        try input.refuseUnserved()
        var settings = EventSourceSettings()
        try input.apply(to: &settings)
        return show(
            try await sources.create(
                queue: try queue(arn, request.call), function: try ownFunction(request), settings: settings,
                tags: request.input.texts("Tags") ?? [:]))
    }

    @Sendable private func getSource(_ request: Request) async throws -> WireValue {
        show(try await sources.describe(try request.eventSource()))
    }

    @Sendable private func updateSource(_ request: Request) async throws -> WireValue {
        let id = try request.eventSource()
        let input = EventSourceInput(input: request.input)
        try input.refuseUnserved()
        let function = request.input["FunctionName"] == nil ? nil : try ownFunction(request)
        var parsed = EventSourceSettings()
        try input.apply(to: &parsed)
        return show(
            try await sources.update(id, function: function) { settings throws(EventSourceError) in
                try input.apply(to: &settings)
            })
    }

    @Sendable private func deleteSource(_ request: Request) async throws -> WireValue {
        show(try await sources.delete(try request.eventSource()))
    }

    @Sendable private func listSources(_ request: Request) async throws -> WireValue {
        let function = request.input["FunctionName"] == nil ? nil : try ownFunction(request)
        var found: [EventSources.Description] = []
        if let arn = request.input["EventSourceArn"]?.string {
            // No other source has mappings here.
            if let queue = QueueAddress(arn: arn, region: request.call.region) {
                found = await sources.list(queue: queue, function: function)
            }
        } else {
            found = await sources.list(queue: nil, function: function)
        }
        let limit = min(max(1, request.input["MaxItems"]?.int ?? Self.pageLimit), Self.pageLimit)
        let page = try Listing(of: found, after: request.input["Marker"]?.string, limit: limit) { $0.id.text }
        return WireValue(page, named: "EventSourceMappings", show)
    }

    /// The function that an input names; mappings call functions of their own account only.
    private func ownFunction(_ request: Request) throws -> FunctionReference {
        let reference = try request.reference()
        guard reference.account == nil || reference.account == request.account else {
            throw EventSourceError.functionMissing(arn: sources.arn(of: reference))
        }
        return FunctionReference(name: reference.name, qualifier: reference.qualifier)
    }

    private func queue(_ arn: String, _ call: Call) throws -> QueueAddress {
        guard let address = QueueAddress(arn: arn, region: call.region) else {
            throw EventSourceError.unknownSource(arn)
        }
        guard address.account == call.account else { throw EventSourceError.queueMissing }
        return address
    }

    private func show(_ found: EventSources.Description) -> WireValue {
        let source = found.source
        let settings = source.settings
        var value: WireValue = [
            "UUID": .string(found.id.text), "EventSourceMappingArn": .string(sources.arn(found.id).description),
            "BatchSize": WireValue(settings.batchSize),
            "MaximumBatchingWindowInSeconds": WireValue(settings.window ?? 0),
            "EventSourceArn": .string(source.queue.arn(in: sources.region).description),
            "FunctionArn": WireValue(source.reference.map(sources.arn(of:))),
            "LastModified": .timestamp(source.modified.seconds), "State": .string(found.state.rawValue),
            "StateTransitionReason": "USER_INITIATED",
            "FunctionResponseTypes": settings.reportsFailures ? ["ReportBatchItemFailures"] : [],
            "LastProcessingResult": WireValue(found.problem), "KMSKeyArn": WireValue(settings.keyARN),
        ]
        if !settings.filters.isEmpty {
            value["FilterCriteria"] = [
                "Filters": .list(settings.filters.map { ["Pattern": .string($0)] })
            ]
        }
        if let limit = settings.concurrency { value["ScalingConfig"] = ["MaximumConcurrency": WireValue(limit)] }
        if let metrics = settings.metrics { value["MetricsConfig"] = ["Metrics": WireValue(metrics)] }
        return value
    }
}

extension LambdaOperations.Request {
    /// The mapping that `UUID` names.
    fileprivate func eventSource() throws -> EventSourceID {
        // What is no UUID is the id of nothing.
        guard let id = EventSourceID(input["UUID"]?.string ?? "") else { throw EventSourceError.missing }
        return id
    }
}
