import ArgumentParser

/// `martlet events`: what happens on the event buses.
struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Watch events as they come, and ask why one had an effect, or none.",
        discussion: """
              martlet events tail --bus orders --pattern '{"detail": {"total": [{"numeric": [">", 100]}]}}'
              martlet events why 7bf73129-1428-4cd3-a780-95db273d1602

            Exit status: 0 all is done, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """,
        subcommands: [EventTail.self, EventWhy.self])
}
