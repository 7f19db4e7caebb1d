import Core

extension Execution {
    /// Has a task done.
    mutating func schedule(_ task: TaskBody, _ id: Int, _ strand: Strand, _ state: State) throws(StateFailure) {
        let target = TaskTarget(resource: task.resource)
        let work = begin(.task(strand: id, target))
        strands[id]?.work = work
        do throws(StateFailure) {
            let order = try order(task, target, work, strand, state)
            note(order, target, id, strand)
            commands.append(.schedule(order))
        } catch {
            works[work] = nil
            throw error
        }
    }

    private mutating func order(
        _ task: TaskBody, _ target: TaskTarget, _ work: Int, _ strand: Strand, _ state: State
    ) throws(StateFailure) -> TaskOrder {
        let token = target.waitsForToken ? evaluation.surroundings.token(identity.id, work) : nil
        var visit = visit(strand, state, token: token)
        let arguments = try visit.arguments(&evaluation)
        let seen = visit.scope.with(document: visit.inspection.afterInputPath ?? strand.input)
        let range = 1...LanguageLimits.seconds
        return TaskOrder(
            work: work, state: state.name, resource: task.resource, arguments: arguments,
            timeout: try visit.integer(task.timeout, "TimeoutSeconds", range, in: seen, &evaluation),
            heartbeat: try visit.integer(task.heartbeat, "HeartbeatSeconds", range, in: seen, &evaluation),
            credentials: try task.credentials?.value(in: seen, input: strand.input, &evaluation), target: target)
    }

    private mutating func note(_ order: TaskOrder, _ target: TaskTarget, _ id: Int, _ strand: Strand) {
        var details: [(String, JSON)]
        let type: String
        switch target {
        case .function, .activity:
            type = target == .function ? "LambdaFunction" : "Activity"
            details = [
                ("resource", .string(order.resource)), ("input", .string(order.arguments.text)),
                Self.untruncated("inputDetails"),
            ]
        case .service(let service, let action):
            type = "Task"
            let parts = order.resource.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
            let region = parts.count > 3 && !parts[3].isEmpty ? String(parts[3]) : evaluation.surroundings.region
            details = [
                ("resourceType", .string(service)), ("resource", .string(action)), ("region", .string(region)),
                ("parameters", .string(order.arguments.text)),
            ]
            if let role = order.credentials?["RoleArn"] {
                details.append(("taskCredentials", .object(JSONObject([("roleArn", role)]))))
            }
        }
        if let seconds = order.timeout { details.append(("timeoutInSeconds", .number(JSONNumber(Int64(seconds))))) }
        if let seconds = order.heartbeat { details.append(("heartbeatInSeconds", .number(JSONNumber(Int64(seconds))))) }
        let event = emit(type + "Scheduled", after: strand.lastEvent, Self.details(type, "Scheduled"), details)
        strands[id]?.lastEvent = event
    }

    private static func details(_ type: String, _ step: String) -> String {
        type.prefix(1).lowercased() + type.dropFirst() + step + "EventDetails"
    }

    /// Changes what a report says.
    mutating func take(_ occurrence: Occurrence) {
        switch occurrence {
        case .taskStarted(let work, let worker):
            report(work, "Started", worker.map { [("workerName", .string($0))] } ?? [], isLast: false)
        case .taskSubmitted(let work, let output): report(work, "Submitted", Self.output(output), isLast: false)
        case .taskSucceeded(let work, let output) where Payload.size(of: output, limit: LanguageLimits.payload) == nil:
            let failure = Payload.tooLarge("the task's result")
            take(.taskFailed(work: work, error: failure.error, cause: failure.cause))
        case .taskSucceeded(let work, let output):
            guard let id = report(work, "Succeeded", Self.output(output), isLast: true) else { return }
            complete(id, result: output)
        case .taskFailed(let work, let error, let cause):
            guard let id = report(work, "Failed", Self.failure(error, cause), isLast: true) else { return }
            fail(id, StateFailure(reported: error, cause: cause))
        case .taskTimedOut(let work, let error, let cause):
            guard let id = report(work, "TimedOut", Self.failure(error, cause), isLast: true) else { return }
            fail(id, StateFailure(reported: error, cause: cause))
        case .heartbeatMissed(let work):
            let failure = StateFailure.missedHeartbeat
            guard let id = report(work, "TimedOut", Self.failure(failure.error, nil), isLast: true) else { return }
            fail(id, failure)
        case .timerFired(let work): fire(work)
        case .mapRunStarted(let work, let arn):
            guard let id = note(mapRun: work, "Started", "mapRunStartedEventDetails", [("mapRunArn", .string(arn))])
            else { return }
            strands[id]?.mapRun = arn
        case .mapRunRedriven(let work, let arn, let count):
            note(
                mapRun: work, "Redriven", "mapRunRedrivenEventDetails",
                [("mapRunArn", .string(arn)), ("redriveCount", .number(JSONNumber(Int64(count))))])
        case .mapRunSucceeded(let work, let output):
            guard let id = note(mapRun: work, "Succeeded", nil, []) else { return }
            works[work] = nil
            emit("MapStateSucceeded", after: strands[id]?.lastEvent ?? 0)
            complete(id, result: output)
        case .mapRunFailed(let work, let error, let cause):
            guard let id = note(mapRun: work, "Failed", "mapRunFailedEventDetails", Self.failure(error, cause)) else {
                return
            }
            works[work] = nil
            fail(id, StateFailure(reported: error, cause: cause))
        case .aborted(let error, let cause):
            emit(
                "ExecutionAborted", after: strands[Self.root]?.lastEvent ?? 0, "executionAbortedEventDetails",
                Self.failure(error, cause))
            end(.aborted(error: error, cause: cause))
        }
    }

    private mutating func fire(_ number: Int) {
        switch works.removeValue(forKey: number) {
        case .timeout?:
            emit("ExecutionTimedOut", after: strands[Self.root]?.lastEvent ?? 0, "executionTimedOutEventDetails")
            end(.timedOut)
        case .retry(let id)?:
            strands[id]?.step = .perform
            // Another attempt is another run.
            strands[id]?.mapRun = nil
            ready.append(id)
        case .timer(let id)?:
            guard let strand = strands[id], let state = strand.flow.states[strand.state] else { return }
            do throws(StateFailure) {
                var visit = visit(strand, state)
                let outcome = try visit.outcomeOfPassing(
                    output: state.data.output, assign: state.data.assign, &evaluation)
                exit(id, state, outcome, state.transition)
            } catch {
                fail(id, error)
            }
        case let other: works[number] = other
        }
    }

    @discardableResult
    private mutating func report(
        _ number: Int, _ step: String, _ details: [(String, JSON)], isLast: Bool
    ) -> Int? {
        guard case .task(let id, let target)? = works[number], let strand = strands[id] else { return nil }
        if isLast { works[number] = nil }
        let type: String
        var details = details
        switch target {
        case .function: type = "LambdaFunction"
        case .activity: type = "Activity"
        case .service(let service, let action):
            type = "Task"
            details = [("resourceType", .string(service)), ("resource", .string(action))] + details
        }
        let event = emit(
            type + step, after: strand.lastEvent,
            details.isEmpty && target != .activity ? nil : Self.details(type, step), details)
        strands[id]?.lastEvent = event
        return id
    }

    @discardableResult
    private mutating func note(
        mapRun number: Int, _ step: String, _ name: String?, _ details: [(String, JSON)]
    ) -> Int? {
        guard case .mapRun(let id)? = works[number], let strand = strands[id] else { return nil }
        let event = emit("MapRun" + step, after: strand.lastEvent, name, details)
        strands[id]?.lastEvent = event
        return id
    }

    private static func output(_ value: JSON) -> [(String, JSON)] {
        [("output", .string(value.text)), untruncated("outputDetails")]
    }

    private static func failure(_ error: String?, _ cause: String?) -> [(String, JSON)] {
        var details: [(String, JSON)] = []
        if let error { details.append(("error", .string(error))) }
        if let cause { details.append(("cause", .string(cause))) }
        return details
    }
}
