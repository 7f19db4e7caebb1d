import ArgumentParser

/// `martlet channels test`.
struct ChannelTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "Send a message to a channel.")

    @Argument(help: "The name of the channel.")
    var name: String
    @Option(help: "What to say.")
    var message = "This is a test: messages of this channel arrive here."
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.topics()
            try await service.publish(message, subject: "Test of \(name)", to: try await service.find(name))
            Terminal.printError("Sent. What does not arrive is in 'martlet dead-letters' once it was given up.")
        }
    }
}
