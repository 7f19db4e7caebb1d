import ArgumentParser
import Core

/// `martlet governor rules`: what operators have told the governor.
struct GovernorRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "List the stops and limits that hold, and the budgets of lineages.",
        discussion: """
            In a terminal two tables; in a pipe one line for each rule, then one for each budget, with tabs between the \
            columns, the scope or entry point first. Exit status: 0 all is listed, 2 the server refused or cannot be reached.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "table: columns of text; json: one object with Rules and Budgets.")
    var output = Output.table
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            let answer = try await service.rules()
            guard output == .table else { return Terminal.printLine(answer.text) }
            let isInteractive = Terminal.isInteractive
            let rules = Self.rules(answer["Rules"]?.array ?? [])
            if isInteractive, rules.rows.isEmpty {
                Terminal.printLine("Nothing is stopped or limited.")
            } else {
                rules.lines(interactive: isInteractive).forEach(Terminal.printLine)
            }
            if isInteractive { Terminal.printLine("") }
            Self.budgets(answer["Budgets"]?.array ?? []).lines(interactive: isInteractive).forEach(Terminal.printLine)
        }
    }

    static func rules(_ rules: [JSON]) -> Table {
        var table = Table(headings: ["SCOPE", "RULE", "SET BY", "SINCE", "REASON"])
        table.rows = rules.map { rule in
            var what = [rule["Action"]?.string ?? "-"]
            if let rate = rule["Rate"] { what.append("\(rate.text)/s") }
            if let count = rule["Concurrency"] { what.append("\(count.text) at a time") }
            return [
                text(rule["Scope"]), what.joined(separator: " "), text(rule["SetBy"]), text(rule["SetAt"]),
                text(rule["Reason"]),
            ].map { Terminal.harmless($0) }
        }
        return table
    }

    /// The columns of budgets.
    static func budgets(_ budgets: [JSON]) -> Table {
        var table = Table(headings: [
            "BUDGET FOR", "CALLS", "DEPTH", "BRANCHES", "GB-SECONDS", "EGRESS BYTES", "SECONDS", "SET BY",
        ])
        let figures = ["Calls", "Depth", "Branches", "GigabyteSeconds", "EgressBytes", "Seconds"]
        table.rows = budgets.map { budget in
            ([text(budget["Entry"])] + figures.map { budget[$0]?.text ?? "-" } + [text(budget["SetBy"])])
                .map { Terminal.harmless($0) }
        }
        return table
    }

    private static func text(_ value: JSON?) -> String {
        guard let text = value?.string, !text.isEmpty else { return "-" }
        return text
    }
}
