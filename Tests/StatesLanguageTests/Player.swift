import Core

@testable import StatesLanguage

/// Plays an execution to its end with a clock that jumps to the next timer.
struct Player {
    private(set) var execution: Execution
    private(set) var history: [HistoryEvent] = []
    private var timers: [(at: Instant, work: Int)] = []
    private var now = Instant(milliseconds: 1_700_000_000_000)

    init(_ machine: StateMachine, input: JSON) {
        let identity = ExecutionIdentity(
            id: "arn:aws:states:us-east-1:123456789012:execution:machine:run", name: "run",
            role: "arn:aws:iam::123456789012:role/role",
            machineID: "arn:aws:states:us-east-1:123456789012:stateMachine:machine", machineName: "machine")
        execution = Execution(of: machine, identity: identity, input: input, at: now, surroundings: .test)
    }

    /// Plays; a task is answered by `task`, which without an answer leaves it undone.
    ///
    /// A distributed map is run, unless `mapRun` has answers for it.
    mutating func play(
        _ task: (TaskOrder) -> [Occurrence] = { _ in [] }, mapRun: (MapRunOrder) -> [Occurrence]? = { _ in nil }
    ) {
        proceed(execution.start(), task, mapRun)
    }

    /// Goes on after a failure, a second later.
    mutating func redrive(
        _ task: (TaskOrder) -> [Occurrence] = { _ in [] }, mapRun: (MapRunOrder) -> [Occurrence]? = { _ in nil }
    ) {
        now = now.advanced(milliseconds: 1000)
        timers = []
        proceed(execution.redrive(at: now), task, mapRun)
    }

    private mutating func proceed(
        _ first: [Command], _ task: (TaskOrder) -> [Occurrence], _ mapRun: (MapRunOrder) -> [Occurrence]?
    ) {
        var commands = first
        while true {
            history += execution.takeEvents()
            var occurrences: [Occurrence] = []
            var resumes = false
            for command in commands {
                switch command {
                case .schedule(let order): occurrences += task(order)
                case .startTimer(let work, let at): timers.append((at, work))
                case .startMapRun(let order): occurrences += mapRun(order) ?? run(order)
                case .cancel(let work): timers.removeAll { $0.work == work }
                case .resume: resumes = true
                case .end: break
                }
            }
            guard execution.status == .running else { return }
            commands = []
            for occurrence in occurrences { commands += execution.handle(occurrence, at: now) }
            if resumes { commands += execution.resume(at: now) }
            guard occurrences.isEmpty, !resumes else { continue }
            guard let next = timers.indices.min(by: { timers[$0].at < timers[$1].at }) else { return }
            let timer = timers.remove(at: next)
            now = max(now, timer.at)
            commands = execution.handle(.timerFired(work: timer.work), at: now)
        }
    }

    /// Runs a distributed map.
    private func run(_ order: MapRunOrder) -> [Occurrence] {
        let arn = "arn:aws:states:us-east-1:123456789012:mapRun:machine/\(order.map.label ?? "label"):run"
        let started = Occurrence.mapRunStarted(work: order.work, arn: arn)
        guard let outputs = Self.outputs(order, order.items ?? []) else {
            let error = ErrorName.exceedToleratedFailureThreshold
            return [started, .mapRunFailed(work: order.work, error: error, cause: nil)]
        }
        return [started, .mapRunSucceeded(work: order.work, output: .array(outputs))]
    }

    /// Runs child executions for items, one after the other; `nil` where one fails.
    static func outputs(_ order: MapRunOrder, _ items: [JSON]) -> [JSON]? {
        var evaluation = Evaluation(surroundings: .test, chance: Chance("run"), now: Instant(milliseconds: 0))
        var outputs: [JSON] = []
        var place = 0
        while place < items.count {
            // An input that cannot be made fails the run.
            guard let made = try? order.inputs(for: items, from: place, &evaluation) else { return nil }
            place = made.next
            for input in made.inputs {
                var player = Player(order.machine, input: input)
                player.play()
                guard case .succeeded(let output) = player.execution.status else { return nil }
                outputs.append(output)
            }
        }
        return outputs
    }
}

extension HistoryEvent {
    /// The event as the service's API has it.
    var json: JSON {
        var members = JSONObject([
            ("id", .number(JSONNumber(Int64(id)))), ("previousEventId", .number(JSONNumber(Int64(previousID)))),
            ("timestamp", .string(time.iso8601)), ("type", .string(type)),
        ])
        if let detailsName { members[detailsName] = .object(details) }
        return .object(members)
    }
}
