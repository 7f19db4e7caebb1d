import ArgumentParser

/// `martlet governor limit`.
struct GovernorLimit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Let so many calls of a scope begin in a second, and so many run at a time.",
        discussion: """
            What is too much gets an error with status 429; asynchronous calls wait. A second's worth may come at once. \
            The limit takes the place of whatever rule the scope had.

              martlet governor limit function/resize --rate 10
              martlet governor limit kind/event --concurrency 20
            """)

    @Argument(help: ScopeArgument.help)
    var scope: ScopeArgument
    @Option(help: "Calls that may begin in a second.")
    var rate: Double?
    @Option(help: "Calls that may be in flight at a time.")
    var concurrency: Int?
    @Option(help: "Why; callers and the audit trail are told. Up to 256 bytes.")
    var reason: String?
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        guard rate != nil || concurrency != nil else { throw ValidationError("Say --rate or --concurrency, or both.") }
        guard rate.map({ $0.isFinite && $0 >= 0 }) ?? true, concurrency.map({ $0 >= 0 }) ?? true else {
            throw ValidationError("A limit is a number that is not below 0.")
        }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            try await service.limit(scope.text, rate: rate, concurrency: concurrency, reason: reason)
            Terminal.printError("Limited \(scope.text). Lift it with: martlet governor lift \(scope.text)")
        }
    }
}
