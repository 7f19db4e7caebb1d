import ArgumentParser
import Core
import FoundationEssentials
import NIOPosix
import Platform

/// Where the server is and whose name requests are signed in.
struct ServerAccess {
    let host: String
    let port: Int
    let region: Region
    let credential: Credential

    /// The option that commands share to find their server.
    struct Options: ParsableArguments {
        @Option(
            help: """
                The data folder of the server to speak to. Without it the environment decides (AWS_ENDPOINT_URL and \
                credentials), and where that is silent, the standard folder.
                """)
        var dataDir: String?

        /// Finds the server.
        func access() async throws -> ServerAccess {
            try await ServerAccess.find(dataDir: dataDir, environment: ProcessInfo.processInfo.environment)
        }
    }

    /// Finds the server: a folder that was named, the environment, or the standard folder.
    static func find(dataDir: String?, environment: [String: String]) async throws -> ServerAccess {
        if dataDir == nil, let endpoint = environment["AWS_ENDPOINT_URL"] {
            guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
                throw ClientError.noCredentials
            }
            let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
            return try ServerAccess(
                endpoint: endpoint, accessKey: id, secret: secret, token: environment["AWS_SESSION_TOKEN"],
                region: region ?? Region.standard.text)
        }
        let folder = DataFolder(dataDir)
        guard
            let access = try await ControlSocket.ask(
                folder.controlSocket, group: .singletonMultiThreadedEventLoopGroup)
        else { throw ClientError.noServer(folder: folder.path) }
        return try ServerAccess(
            endpoint: access.endpoint, accessKey: access.accessKeyID, secret: access.secretAccessKey, token: nil,
            region: access.region)
    }

    /// Checks what was found.
    init(endpoint: String, accessKey: String, secret: String, token: String?, region: String) throws {
        (host, port) = try Self.parse(endpoint)
        do {
            self.region = try Region(region)
            credential = Credential(
                accessKey: try AccessKeyID(accessKey), secret: SecretKey(revealed: secret), token: token,
                principal: .administrator(.standard))
        } catch { throw ClientError.noCredentials }
    }

    var endpoint: String { "http://\(authority)" }
    /// The `Host` of requests.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Takes `http://HOST[:PORT]`, where HOST may be an IPv6 address in brackets.
    static func parse(_ endpoint: String) throws -> (host: String, port: Int) {
        let prefix = "http://"
        guard endpoint.hasPrefix(prefix) else { throw ClientError.badEndpoint(endpoint) }
        var rest = endpoint.dropFirst(prefix.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, !rest.contains("/") else { throw ClientError.badEndpoint(endpoint) }
        var host = rest
        var port = 80
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(number) else {
                throw ClientError.badEndpoint(endpoint)
            }
            (host, port) = (rest[..<colon], number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("[") else { throw ClientError.badEndpoint(endpoint) }
        return (String(host), port)
    }
}
