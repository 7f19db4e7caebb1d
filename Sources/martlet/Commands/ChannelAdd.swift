import ArgumentParser

/// `martlet channels add`.
struct ChannelAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a channel, or let one that is there lead somewhere else too.")

    @Argument(help: "1 to 256 letters, digits, dashes and underscores.")
    var name: String
    @Option(help: "secret:NAME, where the secret is the URL of an incoming webhook of Slack.")
    var slack: [String] = []
    @Option(help: "The same for Microsoft Teams.")
    var teams: [String] = []
    @Option(help: "The same for Discord.")
    var discord: [String] = []
    @Option(help: "The same for Mattermost.")
    var mattermost: [String] = []
    @Option(help: "The address of a mailbox, which is asked whether it wants messages.")
    var mail: [String] = []
    @Option(help: "The URL of a web server, which is asked whether it wants messages.")
    var web: [String] = []
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.topics()
            let topic = try await service.create(name)
            let chats = [("slack", slack), ("teams", teams), ("discord", discord), ("mattermost", mattermost)]
            for (format, endpoints) in chats {
                for endpoint in endpoints {
                    try await service.subscribe(endpoint, by: "https", format: format, to: topic)
                }
            }
            for address in mail { try await service.subscribe(address, by: "email", format: nil, to: topic) }
            for url in web {
                let way = url.hasPrefix("http://") ? "http" : "https"
                try await service.subscribe(url, by: way, format: nil, to: topic)
            }
            Terminal.printLine(topic)
        }
    }
}
