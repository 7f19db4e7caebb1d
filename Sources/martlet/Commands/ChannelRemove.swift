import ArgumentParser

/// `martlet channels remove`.
struct ChannelRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Delete a channel, and with it where it leads.")

    @Argument(help: "The name of the channel.")
    var name: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.topics()
            try await service.delete(try await service.find(name))
        }
    }
}
