import Core

@testable import StatesLanguage

/// Runs a machine by a script, and keeps every report with what came of it.
///
/// The script says what each state's task answers, one after the other: `ok`, `late` (a missed heartbeat), `never`, or
/// the name of an error; and what someone does from outside in the end: `abort`, `redrive`.
struct HistoryRecorder {
    private(set) var execution: Execution
    private var answers: [String: [String]]
    private var timers: [(at: Instant, work: Int)] = []
    private var now = Self.start
    private(set) var steps: [JSON] = []

    static let start = Instant(milliseconds: 1_700_000_000_000)

    init(_ machine: StateMachine, input: JSON, script: JSON) {
        execution = Execution(of: machine, identity: .test, input: input, at: Self.start, surroundings: .test)
        answers = (script["tasks"]?.object?.members ?? []).reduce(into: [:]) { answers, member in
            answers[member.key] = member.value.array?.compactMap(\.string)
        }
    }

    /// Plays to the end, and on after each redrive.
    mutating func record(_ outside: [String]) {
        run(note(["report": "start"], execution.start()))
        for action in outside {
            now = now.advanced(milliseconds: 1_000)
            switch action {
            case "abort": run(take(.aborted(error: "Stopped", cause: "by hand")))
            default:
                timers = []
                run(note(["report": "redrive"], execution.redrive(at: now)))
            }
        }
    }

    private mutating func run(_ first: [Command]) {
        var commands = first
        while execution.status == .running {
            var next: [Command] = []
            for command in commands {
                switch command {
                case .schedule(let order): for report in reports(order) { next += take(report) }
                case .startTimer(let work, let at): timers.append((at, work))
                case .startMapRun(let order): for report in reports(order) { next += take(report) }
                case .cancel(let work): timers.removeAll { $0.work == work }
                case .resume: next += note(["report": "resume"], execution.resume(at: now))
                case .end: return
                }
            }
            if next.isEmpty {
                guard let soonest = timers.indices.min(by: { timers[$0].at < timers[$1].at }) else { return }
                let timer = timers.remove(at: soonest)
                now = max(now, timer.at)
                next = take(.timerFired(work: timer.work))
            }
            commands = next
        }
    }

    private mutating func reports(_ order: TaskOrder) -> [Occurrence] {
        var left = answers[order.state] ?? []
        let answer = left.isEmpty ? "ok" : left.removeFirst()
        answers[order.state] = left
        now = now.advanced(milliseconds: 10)
        let started = Occurrence.taskStarted(work: order.work, worker: order.target == .activity ? "worker" : nil)
        let submitted = order.target.waitsForToken && order.target != .activity
        let begun = submitted ? [started, .taskSubmitted(work: order.work, output: ["sent": true])] : [started]
        return switch answer {
        case "never": begun
        case "ok":
            begun + [.taskSucceeded(work: order.work, output: ["state": .string(order.state), "got": order.arguments])]
        case "late": begun + [.heartbeatMissed(work: order.work)]
        default: begun + [.taskFailed(work: order.work, error: answer, cause: "as the script says")]
        }
    }

    private mutating func reports(_ order: MapRunOrder) -> [Occurrence] {
        let arn = "arn:aws:states:us-east-1:123456789012:mapRun:machine/\(order.state):run"
        let begun: Occurrence =
            order.redrivenRun == nil
            ? .mapRunStarted(work: order.work, arn: arn)
            : .mapRunRedriven(work: order.work, arn: arn, count: execution.redrives)
        var left = answers[order.state] ?? []
        let answer = left.isEmpty ? "ok" : left.removeFirst()
        answers[order.state] = left
        guard answer != "ok" else {
            return [begun, .mapRunSucceeded(work: order.work, output: .array(order.items ?? []))]
        }
        return [begun, .mapRunFailed(work: order.work, error: answer, cause: "as the script says")]
    }

    private mutating func take(_ occurrence: Occurrence) -> [Command] {
        note(StoredHistory.json(occurrence), execution.handle(occurrence, at: now))
    }

    private mutating func note(_ report: JSON, _ commands: [Command]) -> [Command] {
        steps.append([
            "at": .number(JSONNumber(now.milliseconds)), "report": report,
            "commands": .array(commands.map(StoredHistory.json)),
            "events": .array(execution.takeEvents().map(\.json)),
        ])
        return commands
    }
}
