import ArgumentParser
import Core
import Platform

/// `martlet dead-letters`: asynchronous calls that did not succeed.
struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Look at asynchronous calls that did not succeed; try them anew or delete them.",
        discussion: """
            An asynchronous call that fails too often or grows too old is set aside as a dead letter:

              martlet dead-letters
              martlet dead-letters show 17
              martlet dead-letters redrive 17
              martlet dead-letters delete --all

            Why a function failed stands in its log: martlet logs FUNCTION --since 1d --filter '"REQUEST-ID"'

            Exit status: 0 all is done, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """,
        subcommands: [DeadLetterList.self, DeadLetterShow.self, DeadLetterRedrive.self, DeadLetterDelete.self],
        defaultSubcommand: DeadLetterList.self)
}

/// The number of a dead letter, as the list shows it.
struct DeadLetterID: ExpressibleByArgument, Equatable {
    let text: String

    init?(argument: String) {
        guard let id = DeadLetters.ID(argument) else { return nil }
        text = id.description
    }
}

/// Which dead letters are meant: one of them, or all that are there now.
struct DeadLetterChoice: ParsableArguments {
    @Argument(help: "The letter's number, as the list shows it.")
    var id: DeadLetterID?
    @Flag(help: "All letters that are there now.")
    var all = false

    func validate() throws {
        guard (id != nil) != all else { throw ValidationError("Name one letter, or say --all.") }
    }

    /// Does something with each, and says how many there were.
    ///
    /// Of all, one that is gone meanwhile is passed over.
    func forEach(
        of service: DeadLetterService, _ body: (DeadLetterID) async throws -> Void
    ) async throws -> Int {
        if let id {
            try await body(id)
            return 1
        }
        var count = 0
        for id in try await service.all().compactMap({ $0["Id"]?.string.flatMap(DeadLetterID.init(argument:)) }) {
            do { try await body(id) } catch ClientError.refused(404, _, _) { continue }
            count += 1
        }
        return count
    }
}
