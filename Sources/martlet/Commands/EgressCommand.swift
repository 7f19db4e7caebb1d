import ArgumentParser
import Core
import Foundation
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

/// `martlet egress list`.
struct EgressList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who has rules: the account, and functions.")

    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            for scope in try await service.scopes() { Terminal.printLine(scope) }
        }
    }
}

/// `martlet egress show`.
struct EgressShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show rules as they were written.")

    @Argument(help: "account, or function:NAME.")
    var scope: EgressScope
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            Terminal.printLine(try await service.rules(of: scope.text))
        }
    }
}

/// `martlet egress allow`.
struct EgressAllow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Add a rule for one host, beside those there are.",
        discussion: """
            HOST is a name, *.NAME for every name below it, or an address. Without --speak a TLS tunnel to the port is allowed, \
            443 if none is said: what https:// needs.
            """)

    enum Speech: String, ExpressibleByArgument, CaseIterable { case tls, http, tcp }

    @Argument(help: "account, or function:NAME.")
    var scope: EgressScope
    @Argument(help: "HOST or HOST:PORT.")
    var target: String
    @Option(help: "tls: an HTTPS tunnel; http: plain HTTP; tcp: a tunnel for anything.")
    var speak = Speech.tls
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            var document = JSONObject()
            do {
                let known = try JSON(parsing: try await service.rules(of: scope.text))
                document = known.object ?? JSONObject([("rules", known)])
            } catch ClientError.refused(404, _, _) {
                // The first rule of this scope.
            }
            let rules = (document["rules"]?.array ?? []) + [Self.rule(target, speak)]
            document["rules"] = .array(rules)
            try await service.set(JSON.object(document).text, for: scope.text)
            Terminal.printError("\(scope.text) may call \(target).")
        }
    }

    /// A rule for a host and a port.
    static func rule(_ target: String, _ speech: Speech) -> JSON {
        var (host, port) = (target, speech == .http ? 80 : 443)
        if let colon = target.lastIndex(of: ":"), let number = Int(target[target.index(after: colon)...]) {
            (host, port) = (String(target[..<colon]), number)
        }
        return [
            "host": .string(host), "ports": [.number(JSONNumber(Int64(port)))], "speak": [.string(speech.rawValue)],
        ]
    }
}

/// `martlet egress set`.
struct EgressSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set rules from a file, in the place of those there are.")

    @Argument(help: "account, or function:NAME.")
    var scope: EgressScope
    @Argument(help: "A file of JSON; - for standard input.")
    var file: String
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let bytes = try SecretInput.read(file)
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            try await service.set(String(decoding: bytes, as: UTF8.self), for: scope.text)
            Terminal.printError("The rules of \(scope.text) are in force.")
        }
    }
}

/// `martlet egress remove`.
struct EgressRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take rules away; what no other rule allows is refused from then on.")

    @Argument(help: "account, or function:NAME.")
    var scope: EgressScope
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = OutboundService(client: ServiceClient(access: try await server.access()))
            try await service.remove(scope.text)
        }
    }
}
