import ArgumentParser
import Core

/// `martlet events tail`: events as they are put on buses.
struct EventTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show events as they come, until you press Control-C.",
        discussion: """
            One line for each event: the whole of it as JSON, the bus before it in a terminal. A pattern is written as in a \
            rule. Who is too slow for the last 2,000 events is told how many were missed.

              martlet events tail --pattern '{"source": ["shop"]}' | jq .detail
            """)

    @Option(help: "Only events of this bus, by its name or ARN.")
    var bus: String?
    @Option(help: "Only events that match this pattern.")
    var pattern: String?
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = EventService(client: ServiceClient(access: try await server.access()))
            var last: Int64?
            while true {
                let part = try await service.tail(bus: bus, pattern: pattern, after: last)
                guard let next = part["Last"]?.integer else { throw ClientError.malformedAnswer }
                last = next
                if let missed = part["Missed"]?.integer, missed > 0 {
                    Terminal.printError("\(missed) events were missed: they came too fast.")
                }
                for event in part["Events"]?.array ?? [] { Terminal.printLine(Self.line(event)) }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// The line of an event.
    static func line(_ event: JSON) -> String {
        let text = event["Event"]?.string ?? ""
        guard Terminal.isInteractive else { return text }
        return Terminal.harmless("\(event["Bus"]?.string ?? "-")  \(text)")
    }
}
