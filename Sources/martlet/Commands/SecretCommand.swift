import ArgumentParser
import Core
import Foundation

/// `martlet secrets`: what the platform uses for functions, and no function ever holds.
struct SecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets",
        abstract: "Keep secrets that calls to the outside need; no function and nobody else can read them back.",
        discussion: """
            A secret is put into requests on the server's side, where a rule of the way out says so (martlet egress --help):

              printf %s "$TOKEN" | martlet secrets put TOKEN -
              martlet secrets
              martlet secrets delete TOKEN

            Each use is in the audit trail. Exit status: 0 all is done, 2 the server refused or cannot be reached, 64 the \
            command line is wrong.
            """,
        subcommands: [SecretList.self, SecretPut.self, SecretDelete.self], defaultSubcommand: SecretList.self)
}

/// Bytes from a file or standard input.
enum SecretInput {
    /// Everything that is there.
    static func read(_ file: String) throws -> [UInt8] {
        if file == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw ValidationError("The file \(file) cannot be read.")
        }
        return Array(bytes)
    }
}

/// `martlet secrets list`.
struct SecretList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the names of the secrets.")

    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            for name in try await service.secrets() { Terminal.printLine(name) }
        }
    }
}

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
            let bytes = try SecretInput.read(file)
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            try await service.put(bytes, as: name)
            Terminal.printError("\(name): \(bytes.count) bytes are kept.")
        }
    }
}

/// `martlet secrets delete`.
struct SecretDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a secret and its key: no copy of it can be read any more.")

    @Argument(help: "The secret's name.")
    var name: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            try await service.delete(name)
        }
    }
}
