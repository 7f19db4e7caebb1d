import ArgumentParser
import Platform

/// `martlet governor stop`.
struct GovernorStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Let no call of a scope begin, from this moment on.",
        discussion: """
            Callers get an error with status 429 that names the rule, you, and the reason. What waits for a sandbox is \
            refused. Asynchronous calls that were accepted already are kept and wait until the rule is lifted; new ones \
            are refused. What runs goes on to its end, unless you say --now: then it is ended, and its caller gets the \
            error Governor.Stopped.

              martlet governor stop function/resize
              martlet governor stop all --now --reason "what is going on?"

            A stop outlives a restart; lift it with: martlet governor lift SCOPE
            """)

    @Argument(help: ScopeArgument.help)
    var scope: ScopeArgument
    @Flag(help: "End the calls that run, too.")
    var now = false
    @Option(help: "Why; callers and the audit trail are told. Up to 256 bytes.")
    var reason: String?
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let service = GovernorService(client: ServiceClient(access: try await server.access()))
            let keeping = try await service.stop(scope.text, endCalls: now, reason: reason)
            Terminal.printError("Stopped \(scope.text). Lift it with: martlet governor lift \(scope.text)")
            if !keeping.isRecorded {
                Terminal.printError(
                    "The server cannot write its audit trail now: the stop holds, and is recorded as soon as it can be."
                )
            }
            if !keeping.isStored {
                Terminal.printError(
                    "The server cannot write to its store now: the stop holds, is kept as soon as it can be, and would "
                        + "be forgotten by a restart before that.")
            }
        }
    }
}
