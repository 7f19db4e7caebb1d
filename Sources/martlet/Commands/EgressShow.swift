import ArgumentParser

/// `martlet egress show`.
struct EgressShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show rules as they were written.")

    @Argument(help: "account, topics, destinations, workflows, or function:NAME.")
    var scope: EgressScope
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            Terminal.printLine(try await service.rules(of: scope.text))
        }
    }
}
