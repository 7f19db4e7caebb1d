import ArgumentParser
import Core
import Platform

/// `martlet audit tail`: what happened last.
struct AuditTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print the newest records.",
        discussion: """
            Time (UTC), outcome, action, resource, who did it, from where, and the id of the request; in a pipe with tabs \
            between them:

              martlet audit tail
              martlet audit tail --follow --filter denied
              martlet audit tail --lines 1000 --output json

            Exit status: 0 all is printed, 2 the trail cannot be read, 64 the command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Flag(name: .shortAndLong, help: "Wait for more until Ctrl-C.")
    var follow = false
    @Option(name: .shortAndLong, help: "How many records to begin with.")
    var lines: UInt64 = 20
    @Option(help: "Only records whose line contains this text, in either case.")
    var filter: String?
    @Option(help: "text: a line for people; json: everything that is known, one object per line.")
    var output = Output.text
    @OptionGroup var access: AuditAccess

    func run() async throws {
        try await access.reading {
            var end = try access.cursor()
            let count = try end.skipToEnd()
            var cursor = try access.cursor(from: count - min(lines, count))
            repeat {
                while case let entries = try cursor.read(), !entries.isEmpty { entries.forEach(show) }
                if follow { try await Task.sleep(for: .milliseconds(500)) }
            } while follow
        }
    }

    private func show(_ entry: AuditEntry) {
        let line = AuditWords.line(entry, interactive: Terminal.isInteractive)
        if let filter {
            let json = AuditWords.json(entry).text
            guard line.lowercased().contains(filter.lowercased()) || json.lowercased().contains(filter.lowercased())
            else { return }
        }
        Terminal.printLine(output == .json ? AuditWords.json(entry).text : line)
    }
}
