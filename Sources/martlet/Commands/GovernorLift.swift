import ArgumentParser

/// `martlet governor lift`.
struct GovernorLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "End the stop or limit of a scope.",
        discussion: """
            Calls begin again at once, and asynchronous ones that waited within a second. Other rules that the calls \
            belong to go on to hold: see martlet governor rules. Exit status: 0 done, 2 there is no such rule, or the \
            server refused or cannot be reached.
            """)

    @Argument(help: ScopeArgument.help)
    var scope: ScopeArgument
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            try await service.lift(scope.text)
            Terminal.printError("Lifted \(scope.text).")
        }
    }
}
