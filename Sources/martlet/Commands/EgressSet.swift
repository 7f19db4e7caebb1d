import ArgumentParser
import Core

/// `martlet egress set`.
struct EgressSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set rules from a file, in the place of those there are.")

    @Argument(help: "account, topics, destinations, workflows, or function:NAME.")
    var scope: EgressScope
    @Argument(help: "A file of JSON; - for standard input.")
    var file: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let bytes = try InputFile.read(file)
            let service = try await server.outbound()
            try await service.set(String(decoding: bytes, as: UTF8.self), for: scope.text)
            Terminal.printError("The rules of \(scope.text) are in force.")
        }
    }
}
