import Core
import StatesLanguage
import Storage

/// Executions that tasks of others begin, and wait for.
extension Workflows {
    /// Tasks that may wait for one execution: those of one request, and so seldom more than one.
    private static let parentLimit = 16
    private static let tries = 10
    /// How long the end of an execution rests whose beginning is not noted yet.
    private static let pause = Duration.milliseconds(100)

    /// Lets a task wait for an execution that it has begun.
    func begun(
        _ child: ExecutionID, by parent: ParentTask, _ answer: JSON, _ lease: Lease
    ) async throws(WorkflowError) -> EventLanes.End {
        guard let execution = parent.execution else { return await finish(lease) }
        var occurrences = [Occurrence.taskSubmitted(work: parent.work, output: answer)]
        do throws(WorkflowError) {
            if let end = try await attach(parent, to: child) { occurrences.append(end) }
        } catch .executionMissing {
            occurrences.append(
                .taskFailed(
                    work: parent.work, error: ErrorName.runtime,
                    cause: "The execution that was begun cannot be waited for."))
        }
        let reports = occurrences
        if try await !tell(execution, with: [.ack(lease)], { _, _ in reports }) { try await leave(child) }
        return .concluded
    }

    /// Notes with an execution that a task waits for it; what became of the task where it is over already.
    private func attach(_ parent: ParentTask, to child: ExecutionID) async throws(WorkflowError) -> Occurrence? {
        await turns.enter(child)
        defer { turns.leave(child) }
        for _ in 0..<Self.tries {
            let kept = try await load(child)
            guard kept.record.status == .running else { return try await end(of: child, for: parent) }
            var record = kept.record
            var parents = record.parents ?? []
            guard !parents.contains(parent) else { return nil }
            guard parents.count < Self.parentLimit else { break }
            parents.append(parent)
            record.parents = parents
            let put = try await records.put(
                record, at: WorkflowRecords.key(child), key: kept.key, index: record.index(child),
                expect: .version(kept.version))
            if try await records.commit([put]) != nil { return nil }
        }
        throw .contended(child)
    }

    /// What goes into the work queue with a stretch of an execution: that it has ended, and what it leaves behind.
    func notices(of stretch: LiveExecution.Stretch, _ live: LiveExecution, _ kept: Kept) -> [ChildNotice] {
        var notices: [ChildNotice] = []
        if !live.isRunning {
            notices += (kept.record.parents ?? []).compactMap { parent in
                parent.execution.map {
                    ChildNotice(.ended, parent: $0, work: parent.work, isParsed: parent.isParsed, child: kept.id)
                }
            }
        }
        return notices
            + stretch.left.compactMap { number, order in
                child(of: order, number, kept.id).map { ChildNotice(.left, parent: kept.id, work: number, child: $0) }
            }
    }

    /// The execution that a task begins and waits for, if it does.
    private func child(of order: TaskOrder, _ work: Int, _ parent: ExecutionID) -> ExecutionID? {
        guard order.target.waitsForExecution,
            // What names no machine has begun nothing.
            let machine = (order.arguments["StateMachineArn"]?.string).flatMap({ try? machines.name($0) })
        else { return nil }
        guard let text = order.arguments["Name"]?.string else {
            return ExecutionID(machine: machine, name: WorkflowName(TaskItem(execution: parent, work: work).request))
        }
        return WorkflowName(rawValue: text).map { ExecutionID(machine: machine, name: $0) }
    }

    /// Tells the parent of an execution that it has ended, or the execution that nobody waits for it any more.
    func carryOut(_ notice: ChildNotice, _ lease: Lease) async throws(WorkflowError) -> EventLanes.End {
        switch notice.kind {
        case .ended:
            let (_, execution) = try await look(at: notice.parent)
            guard let execution, execution.open[notice.work] != nil else { return await finish(lease) }
            guard execution.submitted.contains(notice.work) else {
                try await commit([.nack(lease, delay: Self.pause)])
                return .throttled(after: Self.pause)
            }
            let parent = ParentTask(execution: notice.parent, work: notice.work, isParsed: notice.isParsed)
            let end = try await end(of: notice.child, for: parent)
            try await tell(notice.parent, with: [.ack(lease)]) { _, _ in [end] }
            return .concluded
        case .left:
            let record = try await load(notice.child).record
            // It may be another one of that name, which was begun by somebody else.
            guard record.status == .running, record.request == notice.request.description else {
                return await finish(lease)
            }
            try await leave(notice.child)
            return await finish(lease)
        }
    }

    private func leave(_ child: ExecutionID) async throws(WorkflowError) {
        _ = try await stop(child, error: nil, cause: "The execution that began it has been stopped.")
    }

    /// What became of a task with the execution that it began, in AWS's words.
    private func end(of child: ExecutionID, for parent: ParentTask) async throws(WorkflowError) -> Occurrence {
        let found = try await describe(child)
        let record = found.record
        func value(_ text: String) -> JSON {
            guard parent.isParsed, let json = try? JSON(parsing: text) else { return .string(text) }
            return json
        }
        var members: [(String, JSON)] = [
            ("ExecutionArn", .string(arn(child).description)), ("Input", value(found.input)),
            ("InputDetails", ["Included": true]), ("Name", .string(child.name.text)),
            ("StartDate", .number(JSONNumber(record.started.milliseconds))),
            ("StateMachineArn", .string(machines.arn(child.machine).description)),
            ("Status", .string(record.status.rawValue)),
            ("StopDate", .number(JSONNumber((record.stopped ?? now).milliseconds))),
        ]
        guard record.status == .succeeded else {
            members += [("Cause", found.cause), ("Error", found.error)].compactMap { name, text in
                text.map { (name, .string($0)) }
            }
            return .taskFailed(work: parent.work, error: ErrorName.taskFailed, cause: Self.sorted(members).text)
        }
        members += [
            ("Output", value(found.output ?? "null")), ("OutputDetails", ["Included": true]), ("RedriveCount", 0),
            ("RedriveStatus", "NOT_REDRIVABLE"),
            ("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven"),
        ]
        return .taskSucceeded(work: parent.work, output: Self.sorted(members))
    }

    private static func sorted(_ members: [(String, JSON)]) -> JSON {
        .object(JSONObject(members.sorted { $0.0 < $1.0 }))
    }
}
