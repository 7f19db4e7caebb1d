import ArgumentParser
import Core

/// `martlet governor top`: the live table of all calls.
struct GovernorTop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the live table of all calls.",
        discussion: """
            Calls in flight now; calls, errors, throttles and bytes a second, and the times within which 50 and 99 of 100 \
            calls ended, over the last ten to twenty seconds. A lineage, which is all that one request from outside has \
            caused, is shown from its second call on.

              martlet governor top
              martlet governor top --by lineage --watch
              martlet governor top --by function | sort -k3 -n | tail -1

            In a terminal a table, in a pipe one line for each row with tabs between the columns, the name first. What is \
            wrong can be stopped at once: martlet governor stop --help
            """)

    enum Dimension: String, ExpressibleByArgument, CaseIterable { case function, kind, target, lineage }
    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "Whose calls a row counts: those of a function, kind, target or lineage.")
    var by = Dimension.function
    @Option(help: "The most rows.")
    var rows = 20
    @Option(help: "table: columns of text; json: one object with all dimensions.")
    var output = Output.table
    @Flag(help: "Show it every second until you press Control-C.")
    var watch = false
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        guard (1...512).contains(rows) else { throw ValidationError("--rows: from 1 to 512.") }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            repeat {
                show(try await service.top(rows))
                if watch { try await Task.sleep(for: .seconds(1)) }
            } while watch
        }
    }

    private func show(_ top: JSON) {
        guard output == .table else { return Terminal.printLine(top.text) }
        let table = Self.table(top, by: by)
        if watch, Terminal.isInteractive { Terminal.write(Array("\u{1B}[H\u{1B}[2J".utf8)) }
        guard !table.rows.isEmpty || !Terminal.isInteractive else {
            return Terminal.printError("Nothing was called in the last seconds.")
        }
        table.lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
    }

    /// The rows of a dimension, the busiest first.
    static func table(_ top: JSON, by dimension: Dimension) -> Table {
        let (heading, member) =
            switch dimension {
            case .function: ("FUNCTION", "Functions")
            case .kind: ("KIND", "Kinds")
            case .target: ("TARGET", "Targets")
            case .lineage: ("LINEAGE", "Lineages")
            }
        var table = Table(headings: [
            heading, "IN FLIGHT", "CALLS/S", "ERRORS/S", "THROTTLES/S", "BYTES/S", "MEDIAN MS", "SLOWEST MS",
        ])
        // Kinds are there from the beginning; the others come with their first call.
        let rows = (top[member]?.array ?? []).filter { dimension != .kind || isBusy($0) }
        table.rows = rows.map { row in
            let rates = ["CallsPerSecond", "ErrorsPerSecond", "ThrottlesPerSecond"].map { tenths(row[$0]) }
            return [
                Terminal.harmless(row["Name"]?.string ?? "-"), row["InFlight"]?.integer.map { "\($0)" } ?? "-",
            ] + rates + [
                whole(row["BytesPerSecond"]), tenths(row["MedianMilliseconds"]), tenths(row["SlowestMilliseconds"]),
            ]
        }
        return table
    }

    private static func isBusy(_ row: JSON) -> Bool {
        ["InFlight", "CallsPerSecond", "ThrottlesPerSecond"].contains { (row[$0]?.double ?? 0) > 0 }
    }

    private static func tenths(_ value: JSON?) -> String {
        guard let number = value?.double else { return "-" }
        return "\((number * 10).rounded() / 10)"
    }

    private static func whole(_ value: JSON?) -> String { value?.double.map { "\(Int64($0.rounded()))" } ?? "-" }
}
