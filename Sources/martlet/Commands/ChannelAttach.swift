import ArgumentParser

/// `martlet channels attach`.
struct ChannelAttach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Have a channel told how a function's asynchronous calls, or a schedule, ended.",
        discussion: """
              martlet channels attach backup alerts --on failure
              martlet channels attach schedule:nightly alerts --on both
            """)

    @Argument(help: "The name of a function, schedule:NAME, or schedule:GROUP/NAME.")
    var source: String
    @Argument(help: "The name of the channel.")
    var channel: String
    @OptionGroup var ends: ResultEnds
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            guard let source = ChannelService.Source(source) else { throw ClientError.badInput(ResultEnds.hint) }
            _ = try await server.topics().find(channel)
            try await server.channels().attach(
                channel, to: source, onSuccess: ends.on.isSuccess, onFailure: ends.on.isFailure)
        }
    }
}
