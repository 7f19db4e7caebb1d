import ArgumentParser

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
