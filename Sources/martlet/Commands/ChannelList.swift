import ArgumentParser

/// `martlet channels list`.
struct ChannelList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the channels and where each leads.")

    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.topics()
            let table = Self.table(try await service.topics(), try await service.subscribers())
            table.lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
        }
    }

    /// A row for each subscriber, and one for each topic that has none.
    static func table(_ topics: [String], _ subscribers: [TopicService.Subscriber]) -> Table {
        var table = Table(headings: ["CHANNEL", "PROTOCOL", "ENDPOINT", "STATE"])
        let byTopic = Dictionary(grouping: subscribers, by: \.topic)
        table.rows = topics.flatMap { topic -> [[String]] in
            let name = topic.split(separator: ":").last.map(String.init) ?? topic
            guard let own = byTopic[topic] else { return [[name, "-", "-", "-"]] }
            return own.map { [name, $0.way, $0.endpoint, $0.isConfirmed ? "confirmed" : "pending"] }
        }
        return table
    }
}
