import Core

@testable import StatesLanguage

/// What was reported to an execution, and what it said and did then, as JSON that is kept.
enum StoredHistory {
    /// A report as JSON.
    static func json(_ occurrence: Occurrence) -> JSON {
        switch occurrence {
        case .taskStarted(let work, let worker): report("taskStarted", work, ["worker": worker.map(JSON.string)])
        case .taskSubmitted(let work, let output): report("taskSubmitted", work, ["output": output])
        case .taskSucceeded(let work, let output): report("taskSucceeded", work, ["output": output])
        case .taskFailed(let work, let error, let cause): report("taskFailed", work, failure(error, cause))
        case .taskTimedOut(let work, let error, let cause): report("taskTimedOut", work, failure(error, cause))
        case .heartbeatMissed(let work): report("heartbeatMissed", work, [:])
        case .timerFired(let work): report("timerFired", work, [:])
        case .mapRunStarted(let work, let arn): report("mapRunStarted", work, ["arn": .string(arn)])
        case .mapRunRedriven(let work, let arn, let count):
            report("mapRunRedriven", work, ["arn": .string(arn), "count": .number(JSONNumber(Int64(count)))])
        case .mapRunSucceeded(let work, let output): report("mapRunSucceeded", work, ["output": output])
        case .mapRunFailed(let work, let error, let cause): report("mapRunFailed", work, failure(error, cause))
        case .aborted(let error, let cause): report("aborted", nil, failure(error, cause))
        }
    }

    /// A report out of JSON.
    static func occurrence(_ json: JSON) -> Occurrence? {
        let work = Int(json["work"]?.integer ?? 0)
        let (output, arn) = (json["output"] ?? .null, json["arn"]?.string ?? "")
        let (error, cause) = (json["error"]?.string, json["cause"]?.string)
        return switch json["report"]?.string {
        case "taskStarted": .taskStarted(work: work, worker: json["worker"]?.string)
        case "taskSubmitted": .taskSubmitted(work: work, output: output)
        case "taskSucceeded": .taskSucceeded(work: work, output: output)
        case "taskFailed": .taskFailed(work: work, error: error, cause: cause)
        case "taskTimedOut": .taskTimedOut(work: work, error: error ?? "", cause: cause)
        case "heartbeatMissed": .heartbeatMissed(work: work)
        case "timerFired": .timerFired(work: work)
        case "mapRunStarted": .mapRunStarted(work: work, arn: arn)
        case "mapRunRedriven": .mapRunRedriven(work: work, arn: arn, count: Int(json["count"]?.integer ?? 0))
        case "mapRunSucceeded": .mapRunSucceeded(work: work, output: output)
        case "mapRunFailed": .mapRunFailed(work: work, error: error, cause: cause)
        case "aborted": .aborted(error: error, cause: cause)
        default: nil
        }
    }

    /// A command as JSON, with all that an owner acts on.
    static func json(_ command: Command) -> JSON {
        switch command {
        case .schedule(let order):
            object([
                ("schedule", number(order.work)), ("state", .string(order.state)),
                ("resource", .string(order.resource)),
                ("arguments", order.arguments), ("timeout", order.timeout.map(number)),
                ("heartbeat", order.heartbeat.map(number)), ("credentials", order.credentials),
            ])
        case .startTimer(let work, let at):
            object([("startTimer", number(work)), ("at", .number(JSONNumber(at.milliseconds)))])
        case .startMapRun(let order):
            object([
                ("startMapRun", number(order.work)), ("state", .string(order.state)),
                ("items", order.items.map { .array($0) }), ("concurrency", number(order.tolerance.maximumConcurrency)),
                ("failures", order.tolerance.failures.map(number)), ("inputs", inputs(order)),
                ("reader", readerArguments(order)), ("redrivenRun", order.redrivenRun.map(JSON.string)),
            ])
        case .resume: ["resume": true]
        case .cancel(let work): object([("cancel", number(work))])
        case .end: ["end": true]
        }
    }

    private static func inputs(_ order: MapRunOrder) -> JSON? {
        var evaluation = Evaluation(surroundings: .test, chance: Chance("run"), now: Instant(milliseconds: 0))
        // An input that cannot be made is none.
        return (try? order.inputs(for: order.items ?? [], &evaluation)).map { .array($0.inputs) }
    }

    private static func readerArguments(_ order: MapRunOrder) -> JSON? {
        var evaluation = Evaluation(surroundings: .test, chance: Chance("run"), now: Instant(milliseconds: 0))
        // Arguments that cannot be made are none.
        return try? order.readerArguments(&evaluation)
    }

    private static func report(_ name: String, _ work: Int?, _ members: KeyValuePairs<String, JSON?>) -> JSON {
        object([("report", .string(name)), ("work", work.map(number))] + members.map { ($0.key, $0.value) })
    }

    private static func failure(_ error: String?, _ cause: String?) -> KeyValuePairs<String, JSON?> {
        ["error": error.map(JSON.string), "cause": cause.map(JSON.string)]
    }

    private static func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }

    private static func object(_ members: [(String, JSON?)]) -> JSON {
        .object(JSONObject(members.compactMap { name, value in value.map { (name, $0) } }))
    }
}
