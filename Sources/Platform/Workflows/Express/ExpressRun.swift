import Core
import StatesLanguage

/// Runs an express execution in memory, from its beginning to its end; nothing of it is kept.
struct ExpressRun: Sendable {
    /// The longest that one may take.
    private static let longest = Duration.seconds(300)
    /// What a task that waits for room waits for in vain at most.
    private static let patience = Duration.seconds(60)

    private enum Happening: Sendable {
        case occurred(Occurrence)
        case tooLong
        /// The server stops, and what a task says may be because of that.
        case cutOff
        case nothing
    }

    let workflows: Workflows
    let id: ExecutionID
    let arn: ARN
    let record: WorkflowExecution
    let log: ExecutionLog?

    /// Runs an execution that has not begun, and says how it ended; `nil` where the server's stop cut it off.
    func run(_ execution: Execution) async -> ExecutionStatus? {
        var live = LiveExecution(execution)
        var stretch = live.start()
        guard live.isRunning else {
            // Nothing has to be waited for, so nobody need watch the time.
            log?.tell(stretch.events)
            return live.status
        }
        return await withTaskGroup(of: Happening.self) { group in
            defer { group.cancelAll() }
            group.addTask { await Self.wait(Self.longest) ? .tooLong : .nothing }
            while true {
                log?.tell(stretch.events)
                for (number, work) in stretch.begun { begin(number, work, in: &group) }
                guard live.isRunning else { return live.status }
                if live.resumes {
                    stretch = live.resume(at: workflows.now)
                    continue
                }
                guard let next = await group.next() else { return live.status }
                switch next {
                case .nothing: stretch = LiveExecution.Stretch()
                case .tooLong: return .timedOut
                case .cutOff: return nil
                case .occurred(let occurrence): stretch = live.take([occurrence], at: workflows.now)
                }
                if Task.isCancelled, live.isRunning { return nil }
            }
        }
    }

    private func begin(_ number: Int, _ work: LiveExecution.Work, in group: inout TaskGroup<Happening>) {
        switch work {
        case .timer(let end): group.addTask { await wait(until: end, .timerFired(work: number)) }
        case .task(let order):
            group.addTask { await perform(number, order) }
            guard let seconds = [order.timeout, order.heartbeat].compactMap({ $0 }).min() else { return }
            let late: Occurrence =
                seconds == order.timeout
                ? .taskTimedOut(work: number, error: ErrorName.timeout, cause: nil) : .heartbeatMissed(work: number)
            let end = workflows.now.advanced(milliseconds: Int64(seconds) * 1000)
            group.addTask { await wait(until: end, late) }
        case .mapRun:
            let cause = "A distributed map cannot run in an express execution."
            group.addTask { .occurred(.mapRunFailed(work: number, error: ErrorName.runtime, cause: cause)) }
        }
    }

    private func perform(_ number: Int, _ order: TaskOrder) async -> Happening {
        func failed(_ error: String?, _ cause: String?) -> Happening {
            .occurred(.taskFailed(work: number, error: error, cause: cause))
        }
        guard let service = workflows.service(for: order.target), !order.target.waitsForToken,
            !order.target.waitsForExecution
        else {
            return failed(
                ErrorName.runtime, "The resource '\(order.resource)' is not served in an express execution here.")
        }
        let call = TaskCall(
            id: RequestID(), account: workflows.account, region: workflows.region, execution: id, executionARN: arn,
            machineARN: workflows.machines.arn(id.machine), role: record.role, order: order, token: "",
            descent: record.descent, trace: record.trace.child())
        let end = ContinuousClock.now + Self.patience
        while !Task.isCancelled {
            if let delay = await service.delay(of: call), ContinuousClock.now < end {
                guard await Self.wait(delay) else { break }
                continue
            }
            switch await service.performPatiently(call) {
            case .succeeded(let output), .submitted(let output), .begun(_, _, let output):
                return .occurred(.taskSucceeded(work: number, output: output))
            case .failed where workflows.isStopping: return .cutOff
            case .failed(let error, let cause): return failed(error, cause)
            case .interrupted: return .cutOff
            case .postponed: return failed("Lambda.TooManyRequestsException", "There was no room for the task.")
            }
        }
        return failed(ErrorName.timeout, "The execution has ended.")
    }

    private func wait(until end: Instant, _ occurrence: Occurrence) async -> Happening {
        let left = max(0, end.milliseconds - workflows.now.milliseconds)
        return await Self.wait(.milliseconds(left)) ? .occurred(occurrence) : .nothing
    }

    /// False where the task was cancelled meanwhile.
    private static func wait(_ duration: Duration) async -> Bool {
        do {
            try await Task.sleep(for: duration)
            return true
        } catch { return false }
    }
}
