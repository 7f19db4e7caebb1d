import ArgumentParser
import Core
import Platform
import StatesLanguage

/// `martlet workflows explain`: why an execution failed.
struct WorkflowExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why an execution failed, what did not help, and what to do next.",
        discussion: """
            The state that failed, even deep inside of others; its error and cause; the path or expression that found \
            nothing, and what there is instead; what the state was given; every try; why no Retry and no Catch took it.

              martlet workflows explain orders:order-17
              martlet workflows explain orders --output json | jq .missing

            Exit status: 0 the execution runs or succeeded, 1 it failed (and why is printed), 2 the server refused or \
            cannot be reached.
            """)

    @OptionGroup var target: ExecutionTarget
    @Option(help: "text: lines for people; json: one object.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            let (service, arn) = try await target.find()
            let described = try await service.describe(execution: arn)
            let definition = try await service.machine(of: arn)["definition"]?.string ?? ""
            // What cannot be read any more is explained without it.
            let machine = try? StateMachine(parsing: definition, jsonata: .stepFunctions)
            var feed = HistoryFeed(service, arn, withData: true)
            var track = ExecutionTrack()
            for event in try await feed.new() { if let entry = HistoryEntry(event) { track.take(entry) } }
            let heading =
                "\(arn.split(separator: ":").suffix(2).joined(separator: ":"))  \(described["status"]?.string ?? "-")"
            guard let failure = ExecutionFailure(track, machine) else {
                return tell(heading, track, described)
            }
            let words = FailureWords(
                failure: failure, execution: arn, isRedrivable: described["redriveStatus"]?.string == "REDRIVABLE")
            switch output {
            case .json: Terminal.printLine(words.json(described).text)
            case .text: for line in [heading] + words.lines { Terminal.printLine(Terminal.harmless(line)) }
            }
            throw ExitStatus.executionFailed
        }
    }

    /// What there is to say where nothing has failed for good: what runs, and what went wrong on the way.
    private func tell(_ heading: String, _ track: ExecutionTrack, _ described: JSON) {
        guard output == .text else {
            let running = track.visits.filter { $0.ended == nil }.map { JSON.string($0.name) }
            return Terminal.printLine(
                ([
                    "execution": described["executionArn"] ?? .null, "status": described["status"] ?? .null,
                    "running": .array(running),
                ]
                    as JSON).text)
        }
        Terminal.printLine(Terminal.harmless(heading))
        for visit in track.visits where visit.ended == nil {
            let time = ExecutionTrack.words(visit.entered.time, .now)
            Terminal.printLine(
                Terminal.harmless(
                    "running:   \(visit.name) (\(visit.kind)), for \(time), try \(max(1, visit.attempts))"))
        }
        for visit in track.visits {
            for failed in visit.failures {
                let words = [failed.error, failed.cause].compactMap { $0 }.joined(separator: ": ")
                Terminal.printLine(Terminal.harmless("on the way: \(visit.name): \(words) (\(visit.status.rawValue))"))
            }
        }
    }
}
