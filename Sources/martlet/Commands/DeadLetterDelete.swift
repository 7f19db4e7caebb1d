import ArgumentParser

/// `martlet dead-letters delete`.
struct DeadLetterDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete dead letters.",
        discussion: """
            What is deleted cannot be brought back. Exit status: 0 done, 2 there is none, or the server refused or cannot be \
            reached, 64 the command line is wrong.
            """)

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = DeadLetterService(client: ServiceClient(access: try await server.access()))
            let count = try await choice.forEach(of: service) { try await service.delete($0) }
            Terminal.printError("\(count) deleted.")
        }
    }
}
