import ArgumentParser

/// `martlet egress remove`.
struct EgressRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take rules away; what no other rule allows is refused from then on.")

    @Argument(help: "account, topics, destinations, workflows, or function:NAME.")
    var scope: EgressScope
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            try await service.remove(scope.text)
        }
    }
}
