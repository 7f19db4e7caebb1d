import ArgumentParser

/// `martlet governor`: what goes on, and the means to stop it.
struct GovernorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "governor",
        abstract: "See every call that goes on; stop or limit any part of it at once, and lift that again.",
        discussion: """
            Every call passes the governor: of functions, of work items, of queues, topics and buses, of the world outside. What runs, and what is \
            throttled or fails:

              martlet governor top --watch

            A part of it is a SCOPE: function/NAME, queue/NAME, topic/NAME, bus/NAME, lineage/ID (all that one request \
            from outside has caused), target/HOST, kind/KIND or all. Something runs away? Stop it, look, and let it go on:

              martlet governor stop function/resize --reason "eats the disk"
              martlet governor stop lineage/3f0e... --now
              martlet governor limit function/resize --rate 10 --concurrency 2
              martlet governor rules
              martlet governor lift function/resize

            What one request from outside may cause in all is bounded by a budget, for each entry point or for all:

              martlet governor budget resize --calls 500 --depth 8

            Rules and budgets hold at once, outlive a restart, and are in the audit trail with who set them.

            Exit status: 0 done, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """,
        subcommands: [
            GovernorTop.self, GovernorStop.self, GovernorLimit.self, GovernorLift.self, GovernorBudget.self,
            GovernorRules.self,
        ], defaultSubcommand: GovernorTop.self)
}

/// What a rule is about, as operators write it.
struct ScopeArgument: ExpressibleByArgument, Equatable {
    let text: String

    /// Takes one of the forms; whether it means something is for the server to say.
    init?(argument: String) {
        let forms = ["function/", "queue/", "topic/", "bus/", "lineage/", "target/", "kind/"]
        guard argument == "all" || forms.contains(where: { argument.hasPrefix($0) && argument != $0 }) else {
            return nil
        }
        text = argument
    }

    static let help = ArgumentHelp(
        "function/NAME, queue/NAME, topic/NAME, bus/NAME, lineage/ID, target/HOST, kind/KIND or all.",
        valueName: "scope")
}
