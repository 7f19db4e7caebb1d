import ArgumentParser
import Core
import NIOPosix

/// `martlet credentials`: what to export so that AWS clients speak to this server.
struct CredentialsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Print what to export so that aws, boto3 and Terraform speak to your server.",
        discussion: """
            Asks the running server whose data folder this is; only the folder's owner may.

              eval "$(martlet credentials --data-dir ./data)"
              martlet credentials --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case env, json }

    @Option(help: "The server's data folder.")
    var dataDir: String?
    @Option(help: "env: lines for a shell; json: one object.")
    var format = Format.env

    func run() async throws {
        let folder = DataFolder(dataDir)
        guard
            let access = try await ControlSocket.ask(folder.controlSocket, group: .singletonMultiThreadedEventLoopGroup)
        else {
            throw ValidationError(
                "No server runs on \(folder.path). Start one: martlet serve --data-dir \(folder.path)")
        }
        switch format {
        case .env:
            print("export AWS_ENDPOINT_URL=\(access.endpoint)")
            print("export AWS_ACCESS_KEY_ID=\(access.accessKeyID)")
            print("export AWS_SECRET_ACCESS_KEY=\(access.secretAccessKey)")
            print("export AWS_REGION=\(access.region)")
            print("export AWS_DEFAULT_REGION=\(access.region)")
        case .json:
            let object: JSON = [
                "AWS_ENDPOINT_URL": .string(access.endpoint), "AWS_ACCESS_KEY_ID": .string(access.accessKeyID),
                "AWS_SECRET_ACCESS_KEY": .string(access.secretAccessKey), "AWS_REGION": .string(access.region),
            ]
            print(object.text)
        }
    }
}
