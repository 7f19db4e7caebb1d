import ArgumentParser
import Core

/// `martlet workflows stop`: ends an execution.
struct WorkflowStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End an execution that runs.",
        discussion: """
            What is being done is not awaited, and nothing is tried again. The error and the cause are kept in its history.

              martlet workflows stop orders:order-17 --error Cancelled --cause 'the customer called'
            """)

    @OptionGroup var target: ExecutionTarget
    @Option(help: "What it ends with.")
    var error: String?
    @Option(help: "Why.")
    var cause: String?
    @Option(help: "text: a sentence; json: one object.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            let (service, arn) = try await target.find()
            try await service.stop(arn, error: error, cause: cause)
            switch output {
            case .json: Terminal.printLine((["executionArn": .string(arn), "status": "ABORTED"] as JSON).text)
            case .text: Terminal.printLine("Stopped: \(Terminal.harmless(arn))")
            }
        }
    }
}
