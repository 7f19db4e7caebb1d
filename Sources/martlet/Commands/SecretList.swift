import ArgumentParser

/// `martlet secrets list`.
struct SecretList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the names of the secrets.")

    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            for name in try await service.secrets() { Terminal.printLine(name) }
        }
    }
}
