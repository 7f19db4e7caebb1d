import ArgumentParser
import Core

/// `martlet dead-letters show`: one letter, and what the function was to work on.
struct DeadLetterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter with its payload.",
        discussion: """
            With --output json the payload is in base64: martlet dead-letters show 17 --output json | jq -r '.Payload | \
            @base64d'. Exit status: 0 it is shown, 2 there is none, or the server refused or cannot be reached.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The letter's number, as the list shows it.")
    var id: DeadLetterID
    @Option(help: "text: a line for each fact, then the payload; json: one object.")
    var output = Output.text
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = DeadLetterService(client: ServiceClient(access: try await server.access()))
            let answer = try await service.letter(id)
            switch output {
            case .json: Terminal.printLine(answer.text)
            case .text:
                for line in Self.lines(of: answer) { Terminal.printLine(Terminal.harmless(line)) }
                Terminal.printLine("")
                guard let payload = answer["Payload"]?.string.flatMap({ Base64.decode($0) }) else {
                    return Terminal.printError("Its payload cannot be read any more.")
                }
                guard Terminal.isInteractive else { return Terminal.write(payload) }
                Terminal.printLine(Terminal.harmless(String(decoding: payload, as: UTF8.self)))
            }
        }
    }

    /// A line for each fact that is known.
    static func lines(of answer: JSON) -> [String] {
        let letter = answer["DeadLetter"]
        let facts = [
            ("id", letter?["Id"]), ("function", letter?["FunctionName"]), ("qualifier", letter?["Qualifier"]),
            ("target", letter?["Target"]), ("sender", letter?["Sender"]),
            ("reason", letter?["Reason"]), ("attempts", letter?["Attempts"]), ("accepted", letter?["AcceptedAt"]),
            ("ended", letter?["EndedAt"]), ("request", letter?["RequestId"]), ("lineage", letter?["Lineage"]),
            ("trace", letter?["Trace"]), ("client context", answer["ClientContext"]),
        ]
        return facts.compactMap { name, value in
            guard let text = value?.string ?? value?.integer.map(String.init) else { return nil }
            return "\(name): \(text)"
        }
    }
}
