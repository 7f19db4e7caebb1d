import ArgumentParser
import Core
import StatesLanguage

/// `martlet workflows follow`: an execution, live.
struct WorkflowFollow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Show an execution while it runs, until it ends.",
        discussion: """
            In a terminal a picture of the machine, whose states take colours and marks as they run: ► running, ~ tried \
            again, ✓ succeeded, ! failed and caught, ✗ failed, - stopped, each with its time and its attempts. Control-C \
            ends the command, not the execution. In a pipe one line for each event, with tabs between time, number, \
            type, state, and error or data.

              martlet workflows follow orders
              martlet workflows follow orders:order-17 | grep Failed

            Exit status: 0 it succeeded, 1 it did not, 2 the server refused or cannot be reached.
            """)

    @OptionGroup var target: ExecutionTarget
    @Flag(help: "Lines with inputs and outputs too, when there is no picture.")
    var data = false
    @Flag(help: "Lines instead of the picture.")
    var lines = false
    @Option(help: "text: the picture, or lines; json: one object for each event.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            let (service, arn) = try await target.find()
            try await Self.follow(arn, service, output, withData: data, inLines: lines)
        }
    }

    /// Shows an execution until it ends; its failure is the command's.
    static func follow(
        _ arn: String, _ service: WorkflowService, _ output: WorkflowCommand.Output, withData: Bool,
        inLines: Bool = false
    ) async throws {
        let isDrawn = output == .text && Terminal.isInteractive && !inLines
        var feed = HistoryFeed(service, arn, withData: withData && !isDrawn)
        var view = isDrawn ? ExecutionView(arn, try await service.machine(of: arn)) : nil
        var track = ExecutionTrack()
        while track.end == nil {
            for event in try await feed.new() {
                guard let entry = HistoryEntry(event) else { throw ClientError.malformedAnswer }
                let state = track.take(entry)
                if output == .json {
                    Terminal.printLine(event.text)
                } else if !isDrawn {
                    Terminal.printLine(entry.line(state: state, interactive: Terminal.isInteractive))
                }
            }
            view?.show(track, at: .now)
            if track.end == nil { try await Task.sleep(for: .milliseconds(250)) }
        }
        view?.end()
        guard track.end?.type != "ExecutionSucceeded" else { return }
        if output == .text {
            Terminal.printError("It did not succeed. See why: martlet workflows explain \(Terminal.harmless(arn))")
        }
        throw ExitStatus.executionFailed
    }
}
