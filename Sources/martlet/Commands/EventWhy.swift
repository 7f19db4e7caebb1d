import ArgumentParser
import Core

/// `martlet events why`: what became of an event.
struct EventWhy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say which rules an event matched, which not and at which field, and what was delivered.",
        discussion: """
            The id is the one that PutEvents answers with and that stands in the event. What is known of an event is kept for \
            a day. Rules are compared as they are now; what was delivered is what happened.

            Exit status: 0 it is shown, 2 nothing is known of it, or the server refused or cannot be reached.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The id of the event.")
    var id: String
    @Option(help: "text: lines for people; json: one object.")
    var output = Output.text
    @OptionGroup var server: ServerAccess.Options

    func validate() throws {
        guard RequestID(id) != nil else {
            throw ValidationError("'\(id)' is no id of an event, such as 7bf73129-1428-4cd3-a780-95db273d1602.")
        }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            let service = EventService(client: ServiceClient(access: try await server.access()))
            let answer = try await service.why(id)
            switch output {
            case .json: Terminal.printLine(answer.text)
            case .text: for line in Self.lines(of: answer) { Terminal.printLine(Terminal.harmless(line)) }
            }
        }
    }

    /// What is known, line by line.
    static func lines(of answer: JSON) -> [String] {
        var lines = ["event: \(answer["Id"]?.string ?? "-")", "bus: \(answer["Bus"]?.string ?? "-")"]
        if let taken = answer["TakenAt"]?.string { lines.append("taken: \(taken)") }
        if let lineage = answer["Lineage"]?.string { lines.append("lineage: \(lineage)") }
        for archive in answer["Archives"]?.array ?? [] { lines.append("archive: \(archive.string ?? "-")") }
        lines.append("")
        for rule in answer["Rules"]?.array ?? [] {
            let name = rule["Rule"]?.string ?? "-"
            guard rule["Matches"]?.bool != true else {
                lines.append("rule \(name): matches")
                continue
            }
            lines.append("rule \(name): does not match")
            lines += (rule["Reasons"]?.array ?? []).compactMap { $0.string.map { "    \($0)" } }
        }
        if answer["Rules"]?.array?.isEmpty != false { lines.append("There is no rule to compare the event with.") }
        lines.append("")
        let deliveries = answer["Deliveries"]?.array ?? []
        lines += deliveries.flatMap(Self.lines(ofDelivery:))
        if deliveries.isEmpty { lines.append("It went to no target.") }
        return lines
    }

    private static func lines(ofDelivery delivery: JSON) -> [String] {
        let rule = delivery["Rule"]?.string.flatMap { $0.split(separator: ":").last }.map(String.init) ?? "-"
        let outcome = delivery["Outcome"]?.string ?? "-"
        let target = delivery["Target"]?.string ?? delivery["TargetId"]?.string ?? "-"
        let attempts = delivery["Attempts"]?.integer ?? 0
        var lines = ["\(outcome): \(target), by \(rule), attempts: \(attempts)"]
        if let code = delivery["Code"]?.string { lines.append("    \(code): \(delivery["Reason"]?.string ?? "")") }
        if outcome == "buried" {
            lines.append("    lies in: \(delivery["DeadLetterQueue"]?.string ?? "martlet dead-letters")")
        }
        return lines
    }
}
