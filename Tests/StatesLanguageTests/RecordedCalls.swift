import Core

@testable import StatesLanguage

/// Answers to calls, taken out of a recorded history in the order they are in.
struct RecordedCalls {
    private var events: [JSON]

    init(_ history: [JSON]) {
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

    /// What was reported of a run whose items come from elsewhere; its output is that of the state.
    mutating func answers(to order: MapRunOrder) -> [Occurrence]? {
        guard order.inputs == nil || order.map.writer != nil,
            let place = events.firstIndex(where: { $0["type"] == "MapRunStarted" })
        else { return nil }
        let arn = "arn:aws:states:us-east-1:123456789012:mapRun:machine/\(order.map.label ?? "label"):run"
        let end = events[place + 1]
        let exit = events[place...].first { $0["type"] == "MapStateExited" }
        events.removeAll(where: Self.isMap)
        let details = end["mapRunFailedEventDetails"]
        if end["type"] == "MapRunFailed" {
            return [
                .mapRunStarted(work: order.work, arn: arn),
                .mapRunFailed(work: order.work, error: details?["error"]?.string, cause: details?["cause"]?.string),
            ]
        }
        let output = Self.value(exit?["stateExitedEventDetails"]?["output"])
        return [.mapRunStarted(work: order.work, arn: arn), .mapRunSucceeded(work: order.work, output: output)]
    }

    private static func isMap(_ event: JSON) -> Bool { event["type"]?.string?.hasPrefix("Map") == true }

    /// The recorder parsed some texts that hold JSON.
    private static func value(_ json: JSON?) -> JSON {
        guard let text = json?.string else { return json ?? .null }
        return (try? JSON(parsing: text)) ?? .string(text)
    }

    private static func text(_ json: JSON?) -> String? { json.map { $0.string ?? $0.text } }
}
