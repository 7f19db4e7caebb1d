import ArgumentParser
import Core
import FoundationEssentials
import Platform

/// `martlet audit export`: the records of a time, for another system.
struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print the records of a time as lines of JSON.",
        discussion: """
            Oldest first, one object per line, in the clear: whoever has the output can read it.

              martlet audit export --from 2026-11-01 --to 2026-12-01 > november.jsonl
              martlet audit export --from 2026-11-20T12:00:00Z | jq -r 'select(.outcome=="denied").principal'

            A time is a day or an instant in UTC; --to is the first that is left out.

            Exit status: 0 all is printed, 2 the trail cannot be read, 64 the command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case jsonl }

    @Option(help: "The first time, such as 2026-11-20 or 2026-11-20T12:00:00Z (default: the beginning).")
    var from: AuditTime?
    @Option(help: "The first time that is left out (default: none).")
    var to: AuditTime?
    @Option(help: "jsonl: one object per line.")
    var output = Output.jsonl
    @OptionGroup var access: AuditAccess

    func run() async throws {
        try await access.reading {
            var cursor = try access.cursor()
            while case let entries = try cursor.read(), !entries.isEmpty {
                for entry in entries where contains(entry.record.time) {
                    Terminal.printLine(AuditWords.json(entry).text)
                }
            }
        }
    }

    private func contains(_ time: Instant) -> Bool {
        from.map { $0.instant <= time } ?? true && to.map { time < $0.instant } ?? true
    }
}

/// A time as people write it: a day, or an instant in UTC.
struct AuditTime: ExpressibleByArgument, Equatable {
    let instant: Instant

    init?(argument: String) {
        let text = argument.contains("T") ? argument : "\(argument)T00:00:00Z"
        // A text that is no time is no argument.
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        instant = Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
