import Core
import Platform

extension StepFunctionsOperations {
    var mapRunOperations: [String: Handler] {
        ["DescribeMapRun": describe, "ListMapRuns": list, "UpdateMapRun": update]
    }

    @Sendable private func describe(_ request: Request) async throws -> WireValue {
        let id = try workflows.mapRun(request.arn("mapRunArn"))
        let run = try await workflows.describe(mapRun: id)
        var value = summary(id, run)
        value["status"] = .string(run.status.rawValue)
        value["maxConcurrency"] = .integer(Int64(run.maximumConcurrency))
        value["toleratedFailureCount"] = .integer(Int64(run.toleratedFailures ?? 0))
        value["toleratedFailurePercentage"] = .double(run.toleratedPercentage ?? 0)
        value["itemCounts"] = .counts(run.items)
        value["executionCounts"] = .counts(run.executions)
        value["redriveCount"] = .integer(Int64(run.redrives))
        value["redriveDate"] = run.redriven.map { .timestamp($0.seconds) } ?? .null
        return value
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let page = try await workflows.mapRuns(
            of: workflows.execution(request.arn("executionArn")), after: request.token, limit: request.limit)
        return ["mapRuns": .list(page.runs.map { summary($0.id, $0.run) }), "nextToken": WireValue(page.next)]
    }

    @Sendable private func update(_ request: Request) async throws -> WireValue {
        let input = request.input
        try await workflows.update(mapRun: workflows.mapRun(request.arn("mapRunArn"))) { run in
            if let most = input["maxConcurrency"]?.int { run.maximumConcurrency = most }
            if let count = input["toleratedFailureCount"]?.int { run.toleratedFailures = count }
            if let percentage = input["toleratedFailurePercentage"]?.double { run.toleratedPercentage = percentage }
        }
        return [:]
    }

    /// What a list says of a run.
    private func summary(_ id: ExecutionID, _ run: MapRun) -> WireValue {
        [
            "mapRunArn": .string(workflows.arn(mapRun: id).description),
            "executionArn": ExecutionID(run.execution).map { .string(workflows.arn($0).description) } ?? .null,
            "stateMachineArn": .string(machines.arn(id.machine).description),
            "startDate": .timestamp(run.started.seconds),
            "stopDate": run.stopped.map { .timestamp($0.seconds) } ?? .null,
        ]
    }
}

extension WireValue {
    fileprivate static func counts(_ counts: MapRun.Counts) -> WireValue {
        [
            "pending": .integer(Int64(counts.pending)), "running": .integer(Int64(counts.running)),
            "succeeded": .integer(Int64(counts.succeeded)), "failed": .integer(Int64(counts.failed)),
            "timedOut": .integer(Int64(counts.timedOut)), "aborted": .integer(Int64(counts.aborted)),
            "total": .integer(Int64(counts.total)), "resultsWritten": .integer(Int64(counts.written)),
        ]
    }
}
