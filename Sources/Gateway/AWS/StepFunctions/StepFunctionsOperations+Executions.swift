import Core
import Platform
import StatesLanguage

extension StepFunctionsOperations {
    var executionOperations: [String: Handler] {
        [
            "StartExecution": start, "StartSyncExecution": startSync, "StopExecution": stop,
            "DescribeExecution": describe, "ListExecutions": list,
            "GetExecutionHistory": history, "DescribeStateMachineForExecution": describeMachine,
        ]
    }

    @Sendable private func start(_ request: Request) async throws -> WireValue {
        let (arn, started) = try await workflows.start(await beginning(of: request))
        return ["executionArn": .string(arn.description), "startDate": .timestamp(started.seconds)]
    }

    @Sendable private func startSync(_ request: Request) async throws -> WireValue {
        let start = try await beginning(of: request)
        let end = try await workflows.run(start)
        let includesData = request.input["includedData"]?.string != "METADATA_ONLY"
        let milliseconds = max(0, end.stopped.milliseconds - end.started.milliseconds)
        return [
            "executionArn": .string(end.arn.description),
            "stateMachineArn": .string(machines.arn(start.machine).description), "name": .string(end.name.text),
            "startDate": .timestamp(end.started.seconds), "stopDate": .timestamp(end.stopped.seconds),
            "status": .string(end.status.rawValue), "error": WireValue(end.error), "cause": WireValue(end.cause),
            "input": includesData ? .string(start.input) : .null, "inputDetails": ["included": .bool(includesData)],
            "output": includesData ? WireValue(end.output) : .null,
            "outputDetails": end.output == nil ? .null : ["included": .bool(includesData)],
            "traceHeader": .string(start.trace.amazon),
            // As AWS bills: in steps of 100 ms, and of 64 MB, of which none needs more here.
            "billingDetails": [
                "billedDurationInMilliseconds": .integer((milliseconds + 99) / 100 * 100),
                "billedMemoryUsedInMB": 64,
            ],
        ]
    }

    /// What an execution is to begin with.
    private func beginning(of request: Request) async throws -> Workflows.Start {
        let input = request.input
        let trace = input["traceHeader"]?.string.flatMap { TraceContext(amazon: $0) } ?? request.call.trace
        // Whoever begins by an alias gets one of its versions, by their weights.
        let target = try await machines.target(request.arn("stateMachineArn"), drawing: Int.random(in: 0..<100))
        var start = Workflows.Start(
            machine: target.name,
            name: try input["name"] == nil ? WorkflowName(request.call.requestID) : request.name(),
            input: input["input"]?.string ?? "{}", descent: request.call.descent, trace: trace,
            request: request.call.requestID)
        start.target = target
        return start
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
        value.addRedrives(of: found.record, workflows.obstacle(of: found.record))
        value["stateMachineVersionArn"] = WireValue(
            found.record.version.map { machines.arn(found.id.machine, "\($0)").description })
        value["stateMachineAliasArn"] = WireValue(
            found.record.alias.map { machines.arn(found.id.machine, $0.text).description })
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
        value["mapRunArn"] = mapRun(execution)
        value["label"] = WireValue(id.label?.text)
        return value
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let status = request.input["statusFilter"]?.string.flatMap(WorkflowExecution.Status.init)
        let page = try await workflows.list(
            executionList(request), status: status, after: request.token, limit: request.limit)
        // A page may be shorter than asked for.
        let executions = page.executions.filter { _, record in
            switch request.input["redriveFilter"]?.string {
            case "REDRIVEN": record.redrives > 0
            case "NOT_REDRIVEN": record.redrives == 0
            default: true
            }
        }
        return [
            "executions": .list(executions.map { summary($0.id, $0.record) }), "nextToken": WireValue(page.next),
        ]
    }

    /// Which executions a request wants: of a machine, a version or an alias, or of a run of a map.
    private func executionList(_ request: Request) throws -> ExecutionList {
        let input = request.input
        guard (input["mapRunArn"] == nil) != (input["stateMachineArn"] == nil) else {
            throw WireError(
                "ValidationException", "Exactly one of stateMachineArn and mapRunArn must be specified")
        }
        guard input["mapRunArn"] == nil else { return .run(try workflows.mapRun(request.arn("mapRunArn"))) }
        guard input["redriveFilter"] == nil else {
            throw WireError("ValidationException", "redriveFilter is only supported with mapRunArn")
        }
        return ExecutionList(try machines.reference(request.arn("stateMachineArn")))
    }

    @Sendable private func history(_ request: Request) async throws -> WireValue {
        let page = try await workflows.history(
            of: workflows.execution(request.arn("executionArn")),
            isReversed: request.input["reverseOrder"]?.bool ?? false, after: request.token, limit: request.limit)
        let includesData = request.input["includeExecutionData"]?.bool ?? true
        return [
            "events": .list(page.events.map { .event(includesData ? $0 : $0.withoutData) }),
            "nextToken": WireValue(page.next),
        ]
    }

    private func mapRun(_ record: WorkflowExecution) -> WireValue {
        record.mapItem.flatMap { ExecutionID($0.run) }.map { .string(workflows.arn(mapRun: $0).description) } ?? .null
    }

    /// What a list says of an execution.
    private func summary(_ id: ExecutionID, _ record: WorkflowExecution) -> WireValue {
        [
            "executionArn": .string(workflows.arn(id).description),
            "stateMachineArn": .string(machines.arn(id.machine).description), "name": .string(id.name.text),
            "status": .string(record.status.rawValue), "startDate": .timestamp(record.started.seconds),
            "stopDate": record.stopped.map { .timestamp($0.seconds) } ?? .null, "mapRunArn": mapRun(record),
            "redriveCount": .integer(Int64(record.redrives)),
        ]
    }
}

extension WireValue {
    /// An event of a history.
    static func event(_ event: HistoryEvent) -> WireValue {
        var value: WireValue = [
            "id": .integer(Int64(event.id)), "previousEventId": .integer(Int64(event.previousID)),
            "timestamp": .timestamp(event.time.seconds), "type": .string(event.type),
        ]
        if let name = event.detailsName {
            value[name] = WireValue(JSON.object(event.details))
        }
        return value
    }
}
