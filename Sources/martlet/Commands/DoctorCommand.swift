import ArgumentParser
import Core
import Platform
import Sandboxing

/// `martlet doctor`: what this machine gives, what it lacks, and what follows.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine lacks, and what follows.",
        discussion: """
            Looks at namespaces, control groups, filters, interpreters and the room for the data folder; changes nothing. Ends
            with 0 where functions can run confined, and with 1 where something is missing without which they cannot.

              martlet doctor
              martlet doctor --output json
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "text: for people; json: one array of findings.")
    var output = Output.text
    @Option(help: "The folder of interpreters that the server is given, if it is.")
    var runtimes: String?
    @Option(help: "The data folder of the server (default: /var/lib/martlet for root, else ~/.local/share/martlet).")
    var dataDir: String?

    func run() async throws {
        let findings = Diagnosis(
            SandboxCapabilities.probe(), Interpreters(folder: runtimes), disk: DiskRoom(at: DataFolder(dataDir).path)
        ).findings
        switch output {
        case .text:
            for finding in findings { print(finding.line(inColour: Terminal.isInteractive)) }
        case .json:
            let array = findings.map { finding -> JSON in
                [
                    "name": .string(finding.name), "state": .string(finding.state.rawValue),
                    "found": .string(finding.found), "consequence": .string(finding.consequence ?? ""),
                ]
            }
            print(JSON.array(array).text)
        }
        if findings.contains(where: { $0.state == .missing }) { throw ExitCode(1) }
    }
}
