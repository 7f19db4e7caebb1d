import Core
import StatesLanguage

/// Testing single states.
extension Workflows {
    /// What the execution of a test is said to be of.
    private static let tested = "test-state"

    /// Tests one state; what is not mocked is called, as the role that is given, and watched where it goes over the web.
    package func test(
        _ request: StateTest.Request, role: RoleARN?, watch: WebWatch? = nil, descent: Descent, trace: TraceContext
    ) async throws -> StateTestAnswer {
        let id = ExecutionID(machine: try WorkflowName(Self.tested), name: WorkflowName(RequestID()))
        let now = now
        // Recorded so: a test is said to be an express execution.
        let arn = ARN(service: "states", region: region, account: account, resource: "express:\(id)")
        let about = ExecutionIdentity(
            id: arn.description, name: id.name.text, role: role?.text ?? "",
            machineID: machines.arn(id.machine).description, machineName: id.machine.text)
        let test = try StateTest(request, identity: about, at: now, jsonata: .stepFunctions)
        var evaluation = Evaluation(surroundings: surroundings, chance: Chance(about.id), now: now)
        guard test.needsCall else { return try test.run(at: now, &evaluation) }
        guard let role else {
            throw StateTestFlaw.request("A roleArn is required where nothing is mocked and the state calls a service.")
        }
        guard let target = test.callable, let service = service(for: target) else {
            throw StateTestFlaw.request(
                "A state of this kind, or with this resource, is only tested when a mock is specified.")
        }
        let order: TaskOrder
        do throws(StateFailure) { order = try test.order(target, &evaluation) } catch {
            // It fails at the same place again, and the answer says how.
            return try test.run(at: now, &evaluation)
        }
        let end = await service.perform(
            TaskCall(
                id: RequestID(), account: account, region: region, execution: id, executionARN: arn,
                machineARN: machines.arn(id.machine), role: role, order: order,
                token: tokens?.token(id, work: order.work) ?? "", descent: descent, trace: trace.child(),
                watch: watch))
        var answer = try test.run(call: Self.call(end), at: now, &evaluation)
        answer.inspection.request = watch?.request
        answer.inspection.response = watch?.response
        return answer
    }

    private static func call(_ end: TaskEnd) -> StateTest.Call {
        switch end {
        case .succeeded(let output), .submitted(let output), .begun(_, _, let output): .result(output)
        case .failed(let error, let cause): .failure(error: error, cause: cause)
        case .interrupted, .postponed:
            .failure(error: ErrorName.taskFailed, cause: "It could not be called now; test it again later.")
        }
    }
}
