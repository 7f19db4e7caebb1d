import ArgumentParser
import Core
import FoundationEssentials

/// `martlet identity-providers pin`: with which keys a provider signs.
struct IdentityProviderPin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Pin the keys with which a provider signs its tokens.",
        discussion: """
            The keys replace those that were pinned before. Keys for RS256, ES256 (P-256) and EdDSA (Ed25519) count, others \
            are left out; a set that holds a private or symmetric key is refused. Prints what counts: the key's id and its \
            algorithm.

            Exit status: 0 the keys are pinned, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """)

    @Argument(help: "The ARN of the provider: arn:aws:iam::ACCOUNT:oidc-provider/HOST[/PATH].")
    var provider: String
    @Argument(help: "A file with a JSON Web Key Set; - is the standard input.")
    var keys: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let text = String(decoding: try bytes(), as: UTF8.self)
            let body: JSON = ["OpenIDConnectProviderArn": .string(provider), "KeySet": .string(text)]
            let answer = try await ServiceClient(access: try await server.access()).send(
                ServiceClient.Request(
                    service: "martlet", target: "/2026-11-20/openid-connect-providers/keys",
                    headers: [("Content-Type", "application/json")], body: body.serialized)
            ).json()
            for key in answer["Keys"]?.array ?? [] {
                let line = "\(key["KeyId"]?.string ?? "-")\t\(key["Algorithm"]?.string ?? "-")"
                Terminal.printLine(Terminal.harmless(line))
            }
        }
    }

    private func bytes() throws -> [UInt8] {
        if keys == "-" { return try Terminal.readInput() }
        guard let bytes = FileManager.default.contents(atPath: keys) else {
            throw ClientError.badInput("\(keys) cannot be read.")
        }
        return Array(bytes)
    }
}
