import Core

extension StateTest {
    /// What a call came to, where the owner made it because nothing is mocked.
    package enum Call: Hashable, Sendable {
        case result(JSON)
        case failure(error: String?, cause: String?)
    }

    /// Whether the state calls something, and nothing takes the place of the call.
    package var needsCall: Bool { state.kind.canBeRetried && mock == nil }

    /// What the state calls, if the owner can make the call and wait for its end.
    package var callable: TaskTarget? {
        guard case .task(let task) = state.body else { return nil }
        let target = TaskTarget(resource: task.resource)
        if case .service(_, let action) = target, action.contains(".") { return nil }
        return target == .activity ? nil : target
    }

    /// The call of the target that the owner is to make.
    package func order(_ target: TaskTarget, _ evaluation: inout Evaluation) throws(StateFailure) -> TaskOrder {
        let resource = if case .task(let task) = state.body { task.resource } else { "" }
        return TaskOrder(
            work: 1, state: state.name, resource: resource, arguments: try arguments(&evaluation), timeout: nil,
            heartbeat: nil, credentials: nil, target: target)
    }

    /// The arguments of the call that the owner is to make.
    package func arguments(_ evaluation: inout Evaluation) throws(StateFailure) -> JSON {
        var visit = StateVisit(state, scope: scope)
        return try visit.arguments(&evaluation)
    }

    /// Runs the state; throws where the mock does not fit.
    package func run(
        call: Call? = nil, at time: Instant, _ evaluation: inout Evaluation
    ) throws(StateTestFlaw) -> StateTestAnswer {
        var visit = StateVisit(state, scope: scope)
        var answer: StateTestAnswer
        do throws(StateFailure) {
            answer = try play(&visit, call, time, &evaluation)
        } catch {
            answer = recover(from: error, &visit, &evaluation)
        }
        answer.inspection = shown(visit.inspection)
        if answer.status == .succeeded, case .map = state.body { try checkFailures(visit) }
        return answer
    }

    private func play(
        _ visit: inout StateVisit, _ call: Call?, _ time: Instant, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> StateTestAnswer {
        switch state.body {
        case .pass(let result): return answer(try visit.pass(result: result, &evaluation))
        case .succeed:
            return answer(try visit.outcomeOfPassing(output: state.data.output, assign: nil, &evaluation))
        case .choice(let choice):
            let (next, outcome) = try visit.choose(choice, &evaluation)
            var answer = answer(outcome)
            answer.nextState = next
            return answer
        case .wait(let body):
            _ = try visit.deadline(body, now: time, &evaluation)
            return answer(
                try visit.outcomeOfPassing(output: state.data.output, assign: state.data.assign, &evaluation))
        case .fail(let body): throw try visit.failure(body, &evaluation)
        case .task, .parallel: _ = try visit.arguments(&evaluation)
        case .map(let map):
            let items = try visit.testedItems(map, readerData: configuration.mapItemReaderData, &evaluation)
            let tolerance = try visit.tolerance(map, &evaluation)
            try checkTolerance(tolerance, items.count)
        }
        let result = try self.result(call)
        visit.inspection.result = result
        return answer(try visit.outcome(ofResult: result, &evaluation))
    }

    private func checkTolerance(_ tolerance: MapTolerance, _ items: Int) throws(StateFailure) {
        guard mock?.error == nil, let failures = configuration.mapIterationFailureCount,
            failures <= (mockedResult?.array?.count ?? items), tolerance.isExceeded(failures: failures, of: items)
        else { return }
        throw StateFailure(
            reported: ErrorName.exceedToleratedFailureThreshold,
            cause: "The specified tolerated failure threshold was exceeded")
    }

    private func checkFailures(_ visit: StateVisit) throws(StateTestFlaw) {
        guard let failures = configuration.mapIterationFailureCount, let items = mockedResult?.array?.count,
            failures > items
        else { return }
        throw .request("Map iteration failure count must be less than or equal to the number of Map iterations")
    }

    private func result(_ call: Call?) throws(StateFailure) -> JSON {
        if let mockedResult { return mockedResult }
        if let error = mock?.error { throw StateFailure(reported: error.error, cause: error.cause) }
        switch call {
        case .result(let value)?: return value
        case .failure(let error, let cause)?: throw StateFailure(reported: error, cause: cause)
        case nil: throw StateFailure(ErrorName.runtime, "Nothing was called, and nothing is mocked.")
        }
    }

    private func answer(_ outcome: StateVisit.Outcome) -> StateTestAnswer {
        var answer = StateTestAnswer(status: .succeeded, inspection: Inspection())
        answer.output = outcome.output
        if case .next(let name)? = state.transition { answer.nextState = name }
        return answer
    }

    /// What becomes of an error: another attempt, a catcher, or the end.
    private func recover(
        from failure: StateFailure, _ visit: inout StateVisit, _ evaluation: inout Evaluation
    ) -> StateTestAnswer {
        let failure = failure.placed(in: state.name, enteredAt: 0)
        var answer = StateTestAnswer(status: .failed, inspection: Inspection())
        answer.error = failure.error
        answer.cause = failure.cause
        let used = configuration.retrierRetryCount
        if let place = state.retriers.firstIndex(where: { failure.isNamed(by: $0.errors) }),
            used < state.retriers[place].maximumAttempts
        {
            answer.status = .retriable
            visit.inspection.retryIndex = place
            visit.inspection.retryBackoffSeconds = Int(state.retriers[place].delay(attempt: used, chance: 1))
            return answer
        }
        guard let place = state.catchers.firstIndex(where: { failure.isNamed(by: $0.errors) }) else {
            return answer
        }
        do throws(StateFailure) {
            let outcome = try visit.outcome(of: failure, caughtBy: state.catchers[place], &evaluation)
            answer.status = .caughtError
            answer.output = outcome.output
            answer.nextState = state.catchers[place].next
            visit.inspection.catchIndex = place
        } catch {
            answer.error = error.error
            answer.cause = error.placed(in: state.name, enteredAt: 0).cause
        }
        return answer
    }

    /// What the service shows of a state of this kind.
    private func shown(_ inspection: Inspection) -> Inspection {
        var shown = inspection
        switch state.body {
        case .parallel:
            shown.afterInputPath = nil
            shown.afterParameters = nil
            shown.afterArguments = nil
            shown.result = nil
        case .map: shown.result = nil
        case .task, .pass, .choice, .wait, .succeed, .fail: break
        }
        return shown
    }
}
