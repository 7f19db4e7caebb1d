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

    @OptionGroup var target: ExecutionTarget
    @Flag(help: "Show it until it ends.")
    var follow = false
    @Option(help: "text: a sentence; json: one object, and with --follow one for each event.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            let (service, arn) = try await target.find()
            try await service.redrive(arn)
            switch output {
            case .json: Terminal.printLine((["executionArn": .string(arn), "status": "RUNNING"] as JSON).text)
            case .text: Terminal.printLine("Goes on: \(Terminal.harmless(arn))")
            }
            if follow { try await WorkflowFollow.follow(arn, service, output, withData: false) }
        }
    }
}
