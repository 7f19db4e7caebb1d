import ArgumentParser
import Core

/// `martlet workflows redrive`: lets a failed execution go on.
struct WorkflowRedrive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Let a failed execution go on from the state that failed.",
        discussion: """
            What succeeded is not done again. The definition is the one that the execution began with.

              martlet workflows redrive orders:order-17 --follow
            """)

    @Argument(help: "The execution's ARN, MACHINE:NAME, or MACHINE for its latest one.")
    var execution: String
    @Flag(help: "Show it until it ends.")
    var follow = false
    @Option(help: "text: a sentence; json: one object, and with --follow one for each event.")
    var output = WorkflowCommand.Output.text
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.workflows()
            let arn = try await service.execution(execution)
            try await service.redrive(arn)
            switch output {
            case .json: Terminal.printLine((["executionArn": .string(arn), "status": "RUNNING"] as JSON).text)
            case .text: Terminal.printLine("Goes on: \(Terminal.harmless(arn))")
            }
            if follow { try await WorkflowFollow.follow(arn, service, output, withData: false) }
        }
    }
}
