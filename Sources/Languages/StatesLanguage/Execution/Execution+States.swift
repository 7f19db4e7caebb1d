import Core

extension Execution {
    /// What a state of a strand can see on the way in.
    func visit(_ strand: Strand, _ state: State, token: String? = nil) -> StateVisit {
        var context = context
        var about = JSONObject([("Name", .string(strand.state)), ("EnteredTime", .string(strand.enteredAt.iso8601))])
        if state.kind.canBeRetried {
            about["RetryCount"] = .number(JSONNumber(Int64(strand.attempts.reduce(0, +))))
        }
        context["State"] = .object(about)
        if let token { context["Task"] = .object(JSONObject([("Token", .string(token))])) }
        if let map = strand.mapContext { context["Map"] = map }
        return StateVisit(
            state, scope: Scope(document: strand.input, context: .object(context), variables: strand.variables))
    }

    /// Does what the state of a strand says.
    mutating func perform(_ id: Int) {
        guard let strand = strands[id], let state = strand.flow.states[strand.state] else { return }
        strands[id]?.step = .wait
        do throws(StateFailure) {
            try perform(id, strand, state)
        } catch {
            fail(id, error)
        }
    }

    private mutating func perform(_ id: Int, _ strand: Strand, _ state: State) throws(StateFailure) {
        var visit = visit(strand, state)
        switch state.body {
        case .pass(let result): exit(id, state, try visit.pass(result: result, &evaluation), state.transition)
        case .succeed:
            let outcome = try visit.outcomeOfPassing(output: state.data.output, assign: nil, &evaluation)
            exit(id, state, outcome, .end)
        case .choice(let choice):
            let (next, outcome) = try visit.choose(choice, &evaluation)
            exit(id, state, outcome, .next(next))
        case .fail(let body): throw try visit.failure(body, &evaluation)
        case .wait(let body):
            let deadline = try visit.deadline(body, now: now, &evaluation)
            startTimer(.timer(strand: id), at: max(deadline, now))
        case .task(let task): try schedule(task, id, strand, state)
        case .parallel(let flows):
            try startBranches(flows, id, input: try visit.arguments(&evaluation))
        case .map(let map): try startMap(map, id, &visit)
        }
    }

    /// Leaves a state with its output, and goes on.
    mutating func exit(_ id: Int, _ state: State, _ outcome: StateVisit.Outcome, _ transition: Transition?) {
        guard var strand = strands[id] else { return }
        var details: [(String, JSON)] = [
            ("name", .string(state.name)), ("output", .string(outcome.output.text)), Self.untruncated("outputDetails"),
        ]
        if let assigned = outcome.assigned, !assigned.isEmpty {
            for member in assigned.members { strand.variables[member.key] = member.value }
            guard Self.fits(strand.variables) else {
                let cause = "All variables together exceed \(LanguageLimits.variables) bytes."
                return fail(id, StateFailure(ErrorName.dataLimitExceeded, cause))
            }
            let texts = assigned.members.map { ($0.key, JSON.string($0.value.text)) }
            details.append(("assignedVariables", .object(JSONObject(texts))))
            details.append(Self.untruncated("assignedVariablesDetails"))
        }
        strand.lastEvent = emit(
            state.kind.rawValue + "StateExited", after: strand.lastEvent, "stateExitedEventDetails", details)
        guard status == .running else { return }
        strands[id] = strand
        switch transition {
        case .next(let name)?:
            strands[id]?.step = .enter(state: name, input: outcome.output)
            ready.append(id)
        case .end?, nil: finish(id, outcome.output)
        }
    }

    /// A strand has come to its end.
    private mutating func finish(_ id: Int, _ output: JSON) {
        guard let strand = strands.removeValue(forKey: id) else { return }
        guard let parent = strand.parent else {
            emit(
                "ExecutionSucceeded", after: strand.lastEvent, "executionSucceededEventDetails",
                [("output", .string(output.text)), Self.untruncated("outputDetails")])
            return end(.succeeded(output))
        }
        finished(child: id, strand, place: parent.place, of: parent.strand, output)
    }

    /// Goes on with the result of a task, of branches or of a map.
    mutating func complete(_ id: Int, result: JSON, token: String? = nil) {
        guard let strand = strands[id], let state = strand.flow.states[strand.state] else { return }
        do throws(StateFailure) {
            var visit = visit(strand, state)
            exit(id, state, try visit.outcome(ofResult: result, &evaluation), state.transition)
        } catch {
            fail(id, error)
        }
    }

    private static func fits(_ variables: [String: JSON]) -> Bool {
        var left = LanguageLimits.variables
        for (name, value) in variables {
            guard let size = Payload.size(of: value, limit: left) else { return false }
            left -= size + name.utf8.count
        }
        return left >= 0
    }
}
