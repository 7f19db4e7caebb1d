import Core
import Platform
import StatesLanguage

extension StepFunctionsOperations {
    var executionOperations: [String: Handler] {
        [
            "StartExecution": start, "StopExecution": stop, "DescribeExecution": describe, "ListExecutions": list,
            "GetExecutionHistory": history, "DescribeStateMachineForExecution": describeMachine,
        ]
    }

    @Sendable private func start(_ request: Request) async throws -> WireValue {
        let input = request.input
        let machine = try machines.name(request.arn("stateMachineArn"))
        let name = try input["name"] == nil ? WorkflowName(request.call.requestID) : request.name()
        let trace = input["traceHeader"]?.string.flatMap { TraceContext(amazon: $0) } ?? request.call.trace
        let (id, started) = try await workflows.start(
            Workflows.Start(
                machine: machine, name: name, input: input["input"]?.string ?? "{}", descent: request.call.descent,
                trace: trace, request: request.call.requestID))
        return [
            "executionArn": .string(workflows.arn(id).description), "startDate": .timestamp(started.seconds),
        ]
    }

    @Sendable private func stop(_ request: Request) async throws -> WireValue {
        let stopped = try await workflows.stop(
            workflows.execution(request.arn("executionArn")), error: request.input["error"]?.string,
            cause: request.input["cause"]?.string)
        return ["stopDate": .timestamp(stopped.seconds)]
    }

    @Sendable private func describe(_ request: Request) async throws -> WireValue {
        let found = try await workflows.describe(workflows.execution(request.arn("executionArn")))
        let includesData = request.input["includedData"]?.string != "METADATA_ONLY"
        var value = summary(found.id, found.record)
        value["redriveStatus"] = .string("NOT_REDRIVABLE")
        value["traceHeader"] = .string(found.record.trace.amazon)
        value["inputDetails"] = ["included": .bool(includesData)]
        if includesData {
            value["input"] = .string(found.input)
            value["output"] = WireValue(found.output)
            value["error"] = WireValue(found.error)
            value["cause"] = WireValue(found.cause)
        }
        if found.output != nil { value["outputDetails"] = ["included": .bool(includesData)] }
        return value
    }

    @Sendable private func describeMachine(_ request: Request) async throws -> WireValue {
        let id = try workflows.execution(request.arn("executionArn"))
        let (execution, revision) = try await workflows.machine(of: id)
        var value = WireValue.settings(revision.settings)
        value["stateMachineArn"] = .string(machines.arn(id.machine).description)
        value["name"] = .string(id.machine.text)
        value["updateDate"] = .timestamp(revision.created.seconds)
        value["revisionId"] = .string(execution.revision)
        value["mapRunArn"] = WireValue(execution.mapRun)
        value["label"] = WireValue(id.label?.text)
        return value
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let page = try await workflows.list(
            machines.name(request.arn("stateMachineArn")),
            status: request.input["statusFilter"]?.string.flatMap(WorkflowExecution.Status.init),
            after: request.token, limit: request.limit)
        return [
            "executions": .list(page.executions.map { summary($0.id, $0.record) }), "nextToken": WireValue(page.next),
        ]
    }

    @Sendable private func history(_ request: Request) async throws -> WireValue {
        let page = try await workflows.history(
            of: workflows.execution(request.arn("executionArn")),
            isReversed: request.input["reverseOrder"]?.bool ?? false, after: request.token, limit: request.limit)
        let includesData = request.input["includeExecutionData"]?.bool ?? true
        return [
            "events": .list(page.events.map { .event($0, includesData: includesData) }),
            "nextToken": WireValue(page.next),
        ]
    }

    /// What a list says of an execution.
    private func summary(_ id: ExecutionID, _ record: WorkflowExecution) -> WireValue {
        [
            "executionArn": .string(workflows.arn(id).description),
            "stateMachineArn": .string(machines.arn(id.machine).description), "name": .string(id.name.text),
            "status": .string(record.status.rawValue), "startDate": .timestamp(record.started.seconds),
            "stopDate": record.stopped.map { .timestamp($0.seconds) } ?? .null, "mapRunArn": WireValue(record.mapRun),
            "redriveCount": 0,
        ]
    }
}

extension WireValue {
    /// What an event says only to those who ask for the data.
    private static let data: Set<String> = ["input", "inputDetails", "output", "outputDetails", "parameters"]

    /// An event of a history.
    static func event(_ event: HistoryEvent, includesData: Bool) -> WireValue {
        var value: WireValue = [
            "id": .integer(Int64(event.id)), "previousEventId": .integer(Int64(event.previousID)),
            "timestamp": .timestamp(event.time.seconds), "type": .string(event.type),
        ]
        if let name = event.detailsName {
            let details = event.details.members.filter { includesData || !data.contains($0.key) }
            value[name] = WireValue(JSON.object(JSONObject(details.map { ($0.key, $0.value) })))
        }
        return value
    }
}
