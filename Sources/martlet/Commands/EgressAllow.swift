import ArgumentParser
import Core

/// `martlet egress allow`.
struct EgressAllow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Add a rule for one host, beside those there are.",
        discussion: """
            HOST is a name, *.NAME for every name below it, or an address. Without --speak a TLS tunnel to the port is allowed, \
            443 if none is said: what https:// needs. With --listen functions reach it as a plain TCP service at that port of \
            their own 127.0.0.1:

              martlet egress allow function:orders db.example.com:5432 --listen 5432
            """)

    enum Speech: String, ExpressibleByArgument, CaseIterable { case tls, http, tcp }

    @Argument(help: "account, topics, destinations, workflows, or function:NAME.")
    var scope: EgressScope
    @Argument(help: "HOST or HOST:PORT.")
    var target: String
    @Option(help: "tls: an HTTPS tunnel; http: plain HTTP; tcp: a tunnel for anything.")
    var speak: Speech?
    @Option(help: "The port inside, 1024 to 65535, that leads to it; implies --speak tcp.")
    var listen: Int?
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        if listen != nil, speak ?? .tcp != .tcp {
            throw ValidationError("--listen is for --speak tcp, and nothing else.")
        }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.outbound()
            var document = JSONObject()
            do {
                let known = try JSON(parsing: try await service.rules(of: scope.text))
                document = known.object ?? JSONObject([("rules", known)])
            } catch ClientError.refused(404, _, _) {
                // The first rule of this scope.
            }
            let rule = Self.rule(target, speak ?? (listen == nil ? .tls : .tcp))
            document["rules"] = .array((document["rules"]?.array ?? []) + [rule])
            if let listen {
                let service: JSON = ["listen": .number(JSONNumber(Int64(listen))), "target": .string(target)]
                document["services"] = .array((document["services"]?.array ?? []) + [service])
            }
            try await service.set(JSON.object(document).text, for: scope.text)
            Terminal.printError("\(scope.text) may call \(target).")
        }
    }

    /// A rule for a host and a port.
    static func rule(_ target: String, _ speech: Speech) -> JSON {
        var (host, port) = (target, speech == .http ? 80 : 443)
        // An IPv6 address has colons of its own, and stands in brackets where a port follows.
        let isBare = target.hasPrefix("[") || target.utf8.count { $0 == UInt8(ascii: ":") } == 1
        if isBare, let colon = target.lastIndex(of: ":"), let number = Int(target[target.index(after: colon)...]) {
            (host, port) = (String(target[..<colon]), number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return [
            "host": .string(host), "ports": [.number(JSONNumber(Int64(port)))], "speak": [.string(speech.rawValue)],
        ]
    }
}
