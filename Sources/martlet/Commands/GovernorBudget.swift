import ArgumentParser
import Core

/// `martlet governor budget`.
struct GovernorBudget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Set what everything that one request from outside causes may use up, all together.",
        discussion: """
            A lineage is a request from outside and all that it causes, over any number of calls. It has the budget of \
            the function that it began with, or the one for all. When something is used up the next call gets an error \
            that names it, and an alert is in the server's log and in the audit trail.

              martlet governor budget checkout --calls 200 --depth 6
              martlet governor budget --all --branches 100
              martlet governor budget checkout --reset

            What is not named stays as it is. Lineages at work keep the budget that they began with.
            """)

    @Argument(help: "The function that lineages begin with.")
    var function: String?
    @Flag(help: "All lineages that have no budget of their own.")
    var all = false
    @Flag(help: "Take the budget back: the one for all holds again, or the one that Martlet brings.")
    var reset = false
    @Option(help: "Calls in all.")
    var calls: Int?
    @Option(help: "Calls that lie between the request from outside and the last call.")
    var depth: Int?
    @Option(help: "Calls in flight at a time.")
    var branches: Int?
    @Option(help: "GB of memory times the seconds they are held.")
    var gigabyteSeconds: Double?
    @Option(help: "Bytes that leave the machine.")
    var egressBytes: Int?
    @Option(help: "Seconds from the first call to the last that may begin.")
    var seconds: Int?
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        guard (function != nil) != all else { throw ValidationError("Name one function, or say --all.") }
        guard figures.isEmpty == reset else { throw ValidationError("Say what it may use up, or --reset.") }
        let whole = [calls, depth, branches, egressBytes, seconds].compactMap { $0 }
        guard whole.allSatisfy({ $0 >= 0 }), gigabyteSeconds.map({ $0.isFinite && $0 >= 0 }) ?? true else {
            throw ValidationError("A budget is a number that is not below 0.")
        }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            let answer = try await service.setBudget(function.map { "function/\($0)" } ?? "any", figures, reset: reset)
            guard let budget = answer["Budget"] else { throw ClientError.malformedAnswer }
            GovernorRules.budgets([budget]).lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
        }
    }

    private var figures: [(String, JSON)] {
        let whole = [
            ("Calls", calls), ("Depth", depth), ("Branches", branches), ("EgressBytes", egressBytes),
            ("Seconds", seconds),
        ]
        var figures = whole.compactMap { name, value in value.map { (name, JSON.number(JSONNumber(Int64($0)))) } }
        if let number = gigabyteSeconds.flatMap({ JSONNumber($0) }) {
            figures.append(("GigabyteSeconds", .number(number)))
        }
        return figures
    }
}
