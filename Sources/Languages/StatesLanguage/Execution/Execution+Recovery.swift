import Core

extension Execution {
    /// A state of a strand failed: it is tried again, or caught, or fails the strand.
    mutating func fail(_ id: Int, _ failure: StateFailure) {
        guard let strand = strands[id], let state = strand.flow.states[strand.state] else { return }
        cancelChildren(of: id)
        let failure = failure.placed(in: state.name, enteredAt: strand.enteredEvent)
        if failure.location != nil { noteEvaluation(id, strand, failure) }
        if case .fail = state.body { return propagate(id, failure) }
        if retry(id, state, failure) {
            fallen = [:]
            return
        }
        if failure.error != ErrorName.runtime, let type = Self.failedEvent(state.kind) {
            let event = emit(type, after: strands[id]?.lastEvent ?? 0)
            strands[id]?.lastEvent = event
        }
        guard let catcher = state.catchers.first(where: { failure.isNamed(by: $0.errors) }),
            let strand = strands[id]
        else { return propagate(id, failure) }
        do throws(StateFailure) {
            var visit = visit(strand, state)
            let outcome = try visit.outcome(of: failure, caughtBy: catcher, &evaluation)
            fallen = [:]
            exit(id, state, outcome, .next(catcher.next))
        } catch {
            propagate(id, error.placed(in: state.name, enteredAt: strand.enteredEvent))
        }
    }

    private static func failedEvent(_ kind: StateKind) -> String? {
        switch kind {
        case .map: "MapStateFailed"
        case .parallel: "ParallelStateFailed"
        case .task, .pass, .choice, .wait, .succeed, .fail: nil
        }
    }

    private mutating func noteEvaluation(_ id: Int, _ strand: Strand, _ failure: StateFailure) {
        var details: [(String, JSON)] = []
        if let error = failure.error { details.append(("error", .string(error))) }
        if let cause = failure.cause { details.append(("cause", .string(cause))) }
        if let location = failure.location { details.append(("location", .string(location))) }
        details.append(("state", .string(strand.state)))
        let event = emit(
            "EvaluationFailed", after: strand.eventBeforeEntry, "evaluationFailedEventDetails", details)
        strands[id]?.lastEvent = event
    }

    /// Whether a retrier takes the error: then the state is done again after a while.
    private mutating func retry(_ id: Int, _ state: State, _ failure: StateFailure) -> Bool {
        guard let strand = strands[id],
            let place = state.retriers.firstIndex(where: { failure.isNamed(by: $0.errors) }),
            strand.attempts[place] < state.retriers[place].maximumAttempts
        else { return false }
        let attempt = strand.attempts[place]
        strands[id]?.attempts[place] += 1
        strands[id]?.step = .wait
        let seconds = state.retriers[place].delay(attempt: attempt, chance: evaluation.chance.unit())
        startTimer(.retry(strand: id), at: now.advanced(milliseconds: Int64(seconds * 1000)))
        return true
    }

    /// A strand has failed, and with it the state that it is a part of, or the whole.
    private mutating func propagate(_ id: Int, _ failure: StateFailure) {
        guard status == .running, let strand = strands.removeValue(forKey: id) else { return }
        // What it held when it failed is noted already.
        if fallen[id] == nil { fallen[id] = strand }
        guard let parent = strand.parent else { return end(failure: failure, after: strand.lastEvent) }
        strands[parent.strand]?.container?.running.remove(id)
        failed(child: strand, of: parent, failure)
    }
}
