import ArgumentParser

/// `martlet egress list`.
struct EgressList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who has rules: the account, and functions.")

    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            for scope in try await service.scopes() { Terminal.printLine(scope) }
        }
    }
}
