import Core

@testable import StatesLanguage

/// Answers to calls, taken out of a recorded history in the order they are in.
struct RecordedCalls {
    private var events: [JSON]
    /// What lies in the bucket that a reader reads.
    private let body: [UInt8]?

    init(_ history: [JSON], setup: [JSON]) {
        body = setup.lazy.compactMap { $0["params"]?["Body"] }.first.flatMap { body in
            (body.string ?? body["__bytes"]?.string).map { Array($0.utf8) }
        }
        let ends = ["Started", "Submitted", "Succeeded", "Failed", "TimedOut"]
        events = history.filter { event in
            let type = event["type"]?.string ?? ""
            return ["Task", "Activity", "LambdaFunction", "MapRun"].contains { name in
                ends.contains { type == name + $0 }
            } || type == "MapStateExited"
        }
    }

    /// What was reported of a task, until it was over.
    mutating func answers(to order: TaskOrder) -> [Occurrence] {
        var answers: [Occurrence] = []
        while let place = events.firstIndex(where: { !Self.isMap($0) }) {
            let event = events.remove(at: place)
            let type = event["type"]?.string ?? ""
            let details = event.object?.members.first { $0.key.hasSuffix("EventDetails") }?.value ?? .null
            let (error, cause) = (details["error"]?.string, Self.text(details["cause"]))
            if type.hasSuffix("Started") {
                answers.append(.taskStarted(work: order.work, worker: details["workerName"]?.string))
            } else if type.hasSuffix("Submitted") {
                answers.append(.taskSubmitted(work: order.work, output: Self.value(details["output"])))
            } else if type.hasSuffix("Succeeded") {
                return answers + [.taskSucceeded(work: order.work, output: Self.value(details["output"]))]
            } else if type.hasSuffix("Failed") {
                return answers + [.taskFailed(work: order.work, error: error, cause: cause)]
            } else {
                return answers + [.taskTimedOut(work: order.work, error: error ?? "", cause: cause)]
            }
        }
        return answers
    }

    /// What was reported of a run that wrote its results elsewhere; its output is that of the state.
    ///
    /// What a reader would read is read, and `run` makes an output of the inputs.
    func answers(to order: MapRunOrder, run: ([JSON]) -> JSON) -> [Occurrence]? {
        let arn = "arn:aws:states:us-east-1:123456789012:mapRun:machine/\(order.map.label ?? "label"):run"
        let started = Occurrence.mapRunStarted(work: order.work, arn: arn)
        if order.map.writer != nil, let exit = events.first(where: { $0["type"] == "MapStateExited" }) {
            let output = Self.value(exit["stateExitedEventDetails"]?["output"])
            return [started, .mapRunSucceeded(work: order.work, output: output)]
        }
        guard let reader = order.map.reader, let body else { return nil }
        var evaluation = Evaluation(surroundings: .test, chance: Chance("run"), now: Instant(milliseconds: 0))
        do throws(StateFailure) {
            let most = try order.maximumItems(&evaluation)
            let items = try ItemData.items(in: body, reader.configuration, maximum: most)
            return [
                started, .mapRunSucceeded(work: order.work, output: run(items)),
            ]
        } catch {
            return [started, .mapRunFailed(work: order.work, error: error.error, cause: error.cause)]
        }
    }

    private static func isMap(_ event: JSON) -> Bool { event["type"]?.string?.hasPrefix("Map") == true }

    /// The recorder parsed some texts that hold JSON.
    private static func value(_ json: JSON?) -> JSON {
        guard let text = json?.string else { return json ?? .null }
        return (try? JSON(parsing: text)) ?? .string(text)
    }

    private static func text(_ json: JSON?) -> String? { json.map { $0.string ?? $0.text } }
}
