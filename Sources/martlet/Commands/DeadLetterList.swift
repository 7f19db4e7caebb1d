import ArgumentParser
import Core

/// `martlet dead-letters list`, and without the last word: what there is.
struct DeadLetterList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the dead letters, oldest first.",
        discussion: """
            In a terminal a table, in a pipe one line per letter with tabs between the columns, the number first. \
            Payloads are not shown. Exit status: 0 all is listed, 2 the server refused or cannot be reached.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "table: columns of text; json: everything that is known but the payload, in one array.")
    var output = Output.table
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = DeadLetterService(client: ServiceClient(access: try await server.access()))
            let letters = try await service.all()
            switch output {
            case .json: Terminal.printLine(JSON.array(letters).text)
            case .table:
                if letters.isEmpty, Terminal.isInteractive { return Terminal.printError("There are no dead letters.") }
                Self.table(of: letters).lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
            }
        }
    }

    /// The columns that say what became of each call.
    static func table(of letters: [JSON]) -> Table {
        var table = Table(headings: ["ID", "TARGET", "REASON", "ATTEMPTS", "ENDED", "REQUEST", "LINEAGE"])
        table.rows = letters.map { letter in
            let target = letter["FunctionName"]?.string ?? letter["Target"]?.string ?? "-"
            let qualified = [target, letter["Qualifier"]?.string].compactMap { $0 }
            return [
                letter["Id"]?.string ?? "-", qualified.joined(separator: ":"), text(letter["Reason"]),
                letter["Attempts"]?.integer.map(String.init) ?? "-", text(letter["EndedAt"]), text(letter["RequestId"]),
                text(letter["Lineage"]),
            ].map { Terminal.harmless($0) }
        }
        return table
    }

    private static func text(_ value: JSON?) -> String { value?.string ?? "-" }
}
