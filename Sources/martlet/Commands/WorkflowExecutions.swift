import ArgumentParser
import Core

/// `martlet workflows executions`: what a machine has done.
struct WorkflowExecutions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "executions",
        abstract: "List the executions of a machine, the newest first.",
        discussion: """
              martlet workflows executions orders
              martlet workflows executions orders --status FAILED | cut -f1
            """)

    enum Status: String, ExpressibleByArgument, CaseIterable {
        case running = "RUNNING"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
        case timedOut = "TIMED_OUT"
        case aborted = "ABORTED"
    }

    @Argument(help: "The machine's name or ARN.")
    var machine: String
    @Option(help: "Only executions that are in this state.")
    var status: Status?
    @Option(help: "The most executions.")
    var count = 50
    @Option(help: "text: columns; json: the executions as the Step Functions API has them, in one array.")
    var output = WorkflowCommand.Output.text
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count: from 1 to 100000.") }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = try await server.workflows()
            let executions = try await service.executions(
                of: try await service.machine(machine), status: status?.rawValue, limit: count)
            guard output == .text else { return Terminal.printLine(JSON.array(executions).text) }
            if executions.isEmpty, Terminal.isInteractive {
                return Terminal.printError(
                    "There is none. Begin one: martlet workflows start \(Terminal.harmless(machine))")
            }
            Self.table(of: executions, at: .now).lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
        }
    }

    /// The columns that tell executions apart.
    static func table(of executions: [JSON], at now: Instant) -> Table {
        var table = Table(headings: ["NAME", "STATUS", "STARTED", "TOOK", "ARN"])
        table.rows = executions.map { execution in
            let start = HistoryEntry.instant(execution["startDate"])
            let stop = HistoryEntry.instant(execution["stopDate"])
            return [
                Terminal.harmless(execution["name"]?.string ?? "-"), execution["status"]?.string ?? "-",
                start?.iso8601 ?? "-", start.map { ExecutionTrack.words($0, stop ?? now) } ?? "-",
                Terminal.harmless(execution["executionArn"]?.string ?? "-"),
            ]
        }
        return table
    }
}
