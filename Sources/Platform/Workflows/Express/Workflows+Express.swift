import Core
import Logging
import StatesLanguage
import Storage

/// Executions of express machines: run in memory, at once while the caller waits, or from the work queue.
extension Workflows {
    /// An execution that ran while its caller waited.
    package struct ExpressEnd: Sendable {
        package let arn: ARN
        package let name: WorkflowName
        package let started: Instant
        package let stopped: Instant
        package let status: WorkflowExecution.Status
        /// JSON.
        package let output: String?
        package let error: String?
        package let cause: String?
    }

    /// Longer than an express execution takes.
    private static let expressLease = Duration.seconds(360)

    /// The ARN of an express execution.
    package func expressARN(_ id: ExecutionID, _ run: RequestID) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "express:\(id):\(run)")
    }

    /// Runs an express execution, and says how it ended.
    package func run(_ start: Start) async throws(WorkflowError) -> ExpressEnd {
        let input = try Self.parse(start.input)
        let found = try await usable(start)
        guard found.value.type == .express else { throw .wrongType(found.value.type) }
        try await admit(start)
        let prepared = try await machines.prepared(start.machine, found.value.revision)
        let id = ExecutionID(machine: start.machine, name: start.name)
        let arn = expressARN(id, RequestID())
        let record = WorkflowExecution(
            revision: found.value.revision, role: prepared.revision.settings.role, started: now,
            descent: start.descent.next(), trace: start.trace)
        let status =
            await express(id, arn, record, prepared, input) ?? .aborted(error: nil, cause: "The server stops.")
        var (output, error, cause): (String?, String?, String?)
        switch status {
        case .succeeded(let value): output = value.text
        case .failed(error: let name, cause: let words), .aborted(error: let name, cause: let words):
            (error, cause) = (name, words)
        case .timedOut: error = ErrorName.timeout
        case .running: break
        }
        return ExpressEnd(
            arn: arn, name: start.name, started: record.started, stopped: now,
            status: WorkflowExecution.Status(status), output: output, error: error, cause: cause)
    }

    private func express(
        _ id: ExecutionID, _ arn: ARN, _ record: WorkflowExecution, _ prepared: StateMachines.Prepared, _ input: JSON
    ) async -> ExecutionStatus? {
        let identity = ExecutionIdentity(
            id: arn.description, name: id.name.text, role: record.role.text,
            machineID: machines.arn(id.machine).description, machineName: id.machine.text)
        let log = ExecutionLog(
            prepared.revision.settings.logging, of: arn, machine: id.machine, begun: record.started, in: logs)
        return await ExpressRun(workflows: self, id: id, arn: arn, record: record, log: log)
            .run(
                Execution(
                    of: prepared.machine, identity: identity, input: input, at: record.started,
                    surroundings: surroundings))
    }

    /// Puts an express execution into the work queue; it is run at least once.
    func enqueue(
        _ start: Start, _ found: WorkflowRecords.Found<Workflow>
    ) async throws(WorkflowError) -> (arn: ARN, started: Instant) {
        let item = ExpressItem(
            run: RequestID(), id: ExecutionID(machine: start.machine, name: start.name), revision: found.value.revision,
            accepted: now, input: start.input, descent: start.descent.next(), trace: start.trace)
        let body = item.bytes(sealedWith: try await sealing(found.key), key: found.key, account)
        let queue = ExpressItem.queue(of: start.machine)
        _ = try await records.commit([.enqueue(queue, body: body)])
        expressBoard.arrived([queue])
        return (expressARN(item.id, item.run), item.accepted)
    }

    func doExpress() async {
        await LaneWorker(
            board: expressBoard, store: store, partition: partition, prefix: ExpressItem.queues,
            lease: Self.expressLease, name: "express", logger: logger
        ) { await self.carryOutExpress($0) }.run()
    }

    private func carryOutExpress(_ claimed: Claimed) async -> EventLanes.End {
        do {
            let (machine, key) = try ExpressItem.owner(claimed.body)
            let item = try ExpressItem(
                claimed.body, of: machine, sealedWith: try await sealing(key), key: key, account)
            let prepared = try await machines.prepared(machine, item.revision)
            let record = WorkflowExecution(
                revision: item.revision, role: prepared.revision.settings.role, started: now, descent: item.descent,
                trace: item.trace)
            let status = await express(
                item.id, expressARN(item.id, item.run), record, prepared, try Self.parse(item.input))
            // What the server's end has cut off is run again by the next one, at once.
            try await commit([status == nil ? .nack(claimed.lease) : .ack(claimed.lease)])
            return .concluded
        } catch let error as WorkflowError {
            switch error {
            case .machineMissing, .keys(.erased): break
            default:
                logger.error("An express execution could not be run.", metadata: ["reason": "\(error)"])
                return .retried(after: Self.expressLease)
            }
        } catch {
            logger.error("An express execution cannot be read.", metadata: ["reason": "\(error)"])
        }
        // Its machine is gone, or it says nothing that we understand.
        do {
            try await commit([.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: "Unreadable")])
        } catch {
            logger.error("An express execution could not be set aside.", metadata: ["reason": "\(error)"])
        }
        return .concluded
    }

    /// A machine of which executions may begin, with the revision that this one runs.
    func usable(_ start: Start) async throws(WorkflowError) -> WorkflowRecords.Found<Workflow> {
        var found = try await machines.load(start.machine)
        guard !found.value.isDeleting else { throw .machineIsDeleting(start.machine) }
        if let revision = start.target?.revision { found.value.revision = revision }
        return found
    }
}
