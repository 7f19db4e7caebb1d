import ArgumentParser

/// `martlet policies`: policies as texts, without a server.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies",
        abstract: "Check policies before you write them.",
        discussion: """
            What somebody may do at a running server, and why, says 'martlet authorize --explain'.
            """,
        subcommands: [PolicyCheck.self])
}
