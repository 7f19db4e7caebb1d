import ArgumentParser
import Core

/// `martlet workflows history`: everything that an execution did.
struct WorkflowHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print the events of an execution, oldest first.",
        discussion: """
            Time, number, type, state, and the error or the data; in a pipe with tabs between them. Data is cut in a \
            terminal; all of it has --output json.

              martlet workflows history orders:order-17
              martlet workflows history orders --output json | jq 'select(.type == "TaskFailed")'
            """)

    @OptionGroup var target: ExecutionTarget
    @Flag(inversion: .prefixedNo, help: "With inputs and outputs.")
    var data = true
    @Option(help: "text: lines; json: one object for each event, as the Step Functions API has it.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            let (service, arn) = try await target.find()
            var feed = HistoryFeed(service, arn, withData: data)
            var track = ExecutionTrack()
            for event in try await feed.new() {
                guard output == .text else {
                    Terminal.printLine(event.text)
                    continue
                }
                guard let entry = HistoryEntry(event) else { throw ClientError.malformedAnswer }
                Terminal.printLine(entry.line(state: track.take(entry), interactive: Terminal.isInteractive))
            }
        }
    }
}
