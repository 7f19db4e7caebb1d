import ArgumentParser
import Core

/// `martlet workflows start`: begins an execution.
struct WorkflowStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Begin an execution of a machine, and print its ARN.",
        discussion: """
            The input is JSON, given as it is, read from a file, or from the standard input:

              martlet workflows start orders --input '{"order": 17}'
              martlet workflows start orders --input @order.json --name order-17 --follow
              jq -c .detail event.json | martlet workflows start orders --input -

            With a name the execution is begun once only: the same name with the same input is the same execution. With \
            --follow the command shows it until it ends, and its exit status is 1 where it did not succeed.
            """)

    @Argument(help: "The machine's name or ARN, with :QUALIFIER for a version or an alias.")
    var machine: String
    @Option(help: "JSON, @FILE to read a file, or - for the standard input.", completion: .file())
    var input = "{}"
    @Option(help: "The execution's name, 1 to 80 characters; a random one, if it is left out.")
    var name: String?
    @Flag(help: "Show it until it ends.")
    var follow = false
    @Option(help: "text: the ARN; json: one object, and with --follow one for each event.")
    var output = WorkflowCommand.Output.text
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.workflows()
            let input = String(decoding: try FunctionInvoke.bytes(of: input), as: UTF8.self)
            let arn = try await service.start(try await service.machine(machine), input: input, name: name)
            switch output {
            case .json: Terminal.printLine((["executionArn": .string(arn)] as JSON).text)
            case .text: Terminal.printLine(Terminal.harmless(arn))
            }
            if follow { try await WorkflowFollow.follow(arn, service, output, withData: false) }
        }
    }
}
