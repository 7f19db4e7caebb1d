import ArgumentParser

/// `martlet secrets put`.
struct SecretPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Keep a secret, in the place of one of the same name.")

    @Argument(help: "1 to 128 letters, digits, dashes, underscores, dots and slashes.")
    var name: String
    @Argument(help: "The file that holds it; - for standard input. Every byte counts, a last line break too.")
    var file: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let bytes = try InputFile.read(file)
            let service = try await server.outbound()
            try await service.put(bytes, as: name)
            Terminal.printError("\(name): \(bytes.count) bytes are kept.")
        }
    }
}
