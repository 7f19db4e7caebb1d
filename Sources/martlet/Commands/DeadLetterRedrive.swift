import ArgumentParser

/// `martlet dead-letters redrive`.
struct DeadLetterRedrive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Try dead letters anew, as if the calls had just come.",
        discussion: """
            The function gets the same event and request id, and all its retries. Exit status: 0 done, 2 there is none, or the server refused or cannot be \
            reached, 64 the command line is wrong.
            """)

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = DeadLetterService(client: ServiceClient(access: try await server.access()))
            let count = try await choice.forEach(of: service) { try await service.redrive($0) }
            Terminal.printError("\(count) queued anew.")
        }
    }
}
