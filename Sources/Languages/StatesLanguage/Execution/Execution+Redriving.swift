import Core

extension Execution {
    /// Whether the execution can go on from where it failed, timed out or was stopped.
    ///
    /// Its history must have room, and something must have been left to do.
    package var isRedrivable: Bool {
        switch status {
        case .running, .succeeded: false
        case .failed, .timedOut, .aborted: nextEvent < LanguageLimits.history - 1 && !stopped.isEmpty
        }
    }

    /// Goes on from the states that failed or were cut short; nothing where that cannot be.
    ///
    /// What has succeeded is not done again, attempts are counted anew, and the time for the whole begins anew. It is a
    /// report as any other, which is replayed at the same place.
    package mutating func redrive(at time: Instant) -> [Command] {
        guard isRedrivable else { return [] }
        now = max(now, time)
        evaluation.now = now
        evaluation.renew()
        // Data that is too large in one branch is that of the whole state, which is done again with all its branches.
        if case .failed(ErrorName.dataLimitExceeded?, _) = status { forgetContainers() }
        status = .running
        redrives += 1
        context = identity.context(input: input, startedAt: startedAt, redrives: redrives, redrivenAt: now)
        strands = stopped
        stopped = [:]
        ready = []
        let event = emit(
            "ExecutionRedriven", after: nextEvent - 1, "executionRedrivenEventDetails",
            [("redriveCount", .number(JSONNumber(Int64(redrives))))])
        startTimeout()
        let children = strands.reduce(into: [Int: Set<Int>]()) { children, strand in
            if let parent = strand.value.parent { children[parent.strand, default: []].insert(strand.key) }
        }
        for id in strands.keys.sorted() where status == .running {
            revive(id, running: children[id] ?? [], after: event)
        }
        return proceed()
    }

    private mutating func forgetContainers() {
        guard var root = stopped[Self.root] else { return }
        root.container = nil
        stopped = [Self.root: root]
    }

    /// Lets a strand go on: into the state it was to enter, with the items that are left, or with its state again.
    private mutating func revive(_ id: Int, running: Set<Int>, after event: Int) {
        guard var strand = strands[id] else { return }
        strand.attempts = strand.attempts.map { _ in 0 }
        strand.work = nil
        strand.lastEvent = event
        if strand.container != nil {
            strand.container?.running = running
            strand.container?.tail = event
            strands[id] = strand
            return reviveItems(id, strand)
        }
        if case .wait = strand.step { strand.step = .perform }
        strands[id] = strand
        ready.append(id)
    }

    private mutating func reviveItems(_ id: Int, _ strand: Strand) {
        guard let state = strand.flow.states[strand.state], case .map(let map) = state.body else { return }
        do throws(StateFailure) {
            try startItems(map, id, visit(strand, state))
        } catch {
            fail(id, error)
        }
    }
}
