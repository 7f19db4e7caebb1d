import ArgumentParser
import Core
import Platform

/// `martlet egress`: what functions may call outside.
struct EgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "egress",
        abstract: "Say what functions may call outside: nothing, unless a rule allows it.",
        discussion: """
            A function reaches the outside through HTTP_PROXY and HTTPS_PROXY, which lead to 127.0.0.1:9002. Rules allow hosts, \
            ports and, for plain HTTP, methods and paths; for all functions of the account, or for one:

              martlet egress allow function:resize api.example.com:443
              martlet egress set function:resize rules.json
              martlet egress show function:resize
              martlet egress remove account

            With "tls": "originate" a function says http:// and the server makes verified TLS of it, and puts secrets in that \
            the function never sees (docs/egress.md):

              [{"host": "api.example.com", "tls": "originate", "headers": {"Authorization": "Bearer {{secret:TOKEN}}"}}]

            Exit status: 0 all is done, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """,
        subcommands: [EgressList.self, EgressShow.self, EgressAllow.self, EgressSet.self, EgressRemove.self],
        defaultSubcommand: EgressList.self)
}

/// For whom rules hold, as an argument.
struct EgressScope: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard let scope = OutboundScope(argument) else { return nil }
        text = "\(scope)"
    }
}
