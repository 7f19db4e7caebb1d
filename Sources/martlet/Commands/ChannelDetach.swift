import ArgumentParser

/// `martlet channels detach`.
struct ChannelDetach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach", abstract: "Have nobody told any more how a function's calls, or a schedule, ended.")

    @Argument(help: "The name of a function, schedule:NAME, or schedule:GROUP/NAME.")
    var source: String
    @OptionGroup var ends: ResultEnds
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            guard let source = ChannelService.Source(source) else { throw ClientError.badInput(ResultEnds.hint) }
            try await server.channels().attach(
                nil, to: source, onSuccess: ends.on.isSuccess, onFailure: ends.on.isFailure)
        }
    }
}
