import ArgumentParser
import Core

/// `martlet workflows list`: the machines that there are.
struct WorkflowList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the state machines of the server.",
        discussion: """
            In a terminal a table, in a pipe one line for each machine with tabs between the columns, the name first:

              martlet workflows
              martlet workflows list | cut -f1
            """)

    @Option(help: "text: columns; json: the machines as the Step Functions API has them, in one array.")
    var output = WorkflowCommand.Output.text
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let machines = try await server.workflows().machines()
            guard output == .text else { return Terminal.printLine(JSON.array(machines).text) }
            if machines.isEmpty, Terminal.isInteractive {
                return Terminal.printError(
                    "There are no state machines yet. Make one: aws stepfunctions create-state-machine help")
            }
            Self.table(of: machines).lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
        }
    }

    /// The columns that tell machines apart.
    static func table(of machines: [JSON]) -> Table {
        var table = Table(headings: ["NAME", "TYPE", "CREATED", "ARN"])
        table.rows = machines.map { machine in
            [
                Terminal.harmless(machine["name"]?.string ?? "-"), machine["type"]?.string ?? "-",
                HistoryEntry.instant(machine["creationDate"])?.iso8601 ?? "-",
                Terminal.harmless(machine["stateMachineArn"]?.string ?? "-"),
            ]
        }
        return table
    }
}
