import ArgumentParser

/// `martlet secrets delete`.
struct SecretDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a secret and its key: no copy of it can be read any more.")

    @Argument(help: "The secret's name.")
    var name: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            try await service.delete(name)
        }
    }
}
