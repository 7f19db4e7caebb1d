import Core
import StatesLanguage
import Storage

/// Beginning and ending executions.
extension Workflows {
    /// What an execution begins with.
    package struct Start: Sendable {
        package let machine: WorkflowName
        package let name: WorkflowName
        /// JSON.
        package let input: String
        package let descent: Descent
        package let trace: TraceContext
        /// The version, and what else it was named by, where it was not by the machine alone.
        package var target: MachineTarget?
        /// What asks for it; the same again is no error, even when it is over.
        package let request: RequestID?

        /// Takes all of it.
        package init(
            machine: WorkflowName, name: WorkflowName, input: String, descent: Descent, trace: TraceContext,
            request: RequestID? = nil
        ) {
            self.machine = machine
            self.name = name
            self.input = input
            self.descent = descent
            self.trace = trace
            self.request = request
        }
    }

    /// Begins an execution, and says what its ARN is and when it began.
    ///
    /// The same again while it runs is no error; nothing is begun then. One of an express machine is put into the queue.
    package func start(_ start: Start) async throws(WorkflowError) -> (arn: ARN, started: Instant) {
        let input = try Self.parse(start.input)
        let found = try await usable(start)
        try await admit(start)
        guard found.value.type == .standard else { return try await enqueue(start, found) }
        let prepared = try await machines.prepared(start.machine, found.value.revision)
        let id = ExecutionID(machine: start.machine, name: start.name)
        let sealing = try await sealing(found.key)
        var record = WorkflowExecution(
            revision: found.value.revision, role: prepared.revision.settings.role, started: now,
            descent: start.descent.next(), trace: start.trace, request: start.request)
        record.version = start.target?.version
        record.alias = start.target?.alias
        let kept = Kept(id: id, record: record, version: 0, key: found.key, sealing: sealing)
        guard try await begin(kept, input, text: start.input) else {
            return (arn(id), try await existing(id, start))
        }
        return (arn(id), record.started)
    }

    /// Asks whether an execution may begin.
    func admit(_ start: Start) async throws(WorkflowError) {
        let call = GovernedCall(
            kind: .workflow, function: nil, target: machines.arn(start.machine).description, descent: start.descent)
        if let refusal = await govern(call) { throw .refused(refusal) }
    }

    /// Begins an execution; false where there is one of its name.
    func begin(_ kept: Kept, _ input: JSON, text: String) async throws(WorkflowError) -> Bool {
        var execution = LiveExecution(try await execution(kept, input))
        await turns.enter(kept.id)
        defer { turns.leave(kept.id) }
        var stretch = execution.start()
        if let first = stretch.events.first { stretch.events[0] = first.saying(text) }
        guard try await keep(stretch, of: execution, kept, isNew: true) else { return false }
        try await goOn(execution, kept)
        return true
    }

    /// Ends an execution, and says when; one that has ended already stays as it is.
    package func stop(
        _ id: ExecutionID, error: String?, cause: String?
    ) async throws(WorkflowError) -> Instant {
        try await tell(id) { _, _ in [.aborted(error: error, cause: cause)] }
        return try await load(id).record.stopped ?? now
    }

    /// When an execution of the same name began, if it is the same and still runs.
    private func existing(_ id: ExecutionID, _ start: Start) async throws(WorkflowError) -> Instant {
        let kept = try await load(id)
        if let request = start.request, kept.record.request == request.description { return kept.record.started }
        let first = try await events(of: kept, from: 0, limit: 1).events.first
        guard kept.record.status == .running, let text = first?.details["input"]?.string,
            let mine = try? JSON(parsing: start.input), let other = try? JSON(parsing: text), mine == other
        else { throw .executionExists(id) }
        return kept.record.started
    }

    /// Reads an input.
    static func parse(_ input: String) throws(WorkflowError) -> JSON {
        guard input.utf8.count <= inputLimit else { throw .inputTooLarge(limit: inputLimit) }
        do { return try JSON(parsing: input, maximumDepth: LanguageLimits.payloadDepth) } catch {
            throw .inputNotJSON(byte: error.offset)
        }
    }
}

extension HistoryEvent {
    /// The same event with the input as the client wrote it.
    fileprivate func saying(_ input: String) -> HistoryEvent {
        var details = details
        details["input"] = .string(input)
        return HistoryEvent(
            id: id, previousID: previousID, time: time, type: type, detailsName: detailsName, details: details)
    }
}
