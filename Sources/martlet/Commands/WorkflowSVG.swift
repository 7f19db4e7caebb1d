import ArgumentParser
import Core
import FoundationEssentials
import StatesLanguage

/// `martlet workflows svg`: a machine as a picture for documents.
struct WorkflowSVG: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "svg",
        abstract: "Write a machine, or a definition in a file, as an SVG picture.",
        discussion: """
            The picture is complete in itself, is readable on light and dark, and says in words what it shows. With \
            --execution its states are coloured by how they fared. A file needs no server.

              martlet workflows svg order.asl.json --output order.svg
              martlet workflows svg orders --execution orders:order-17 > failed.svg
            """)

    @Argument(help: "The machine's name or ARN, or a file.", completion: .file(extensions: ["json"]))
    var machine: String
    @Option(help: "Show how this execution fared: its ARN, MACHINE:NAME, or MACHINE for the latest one.")
    var execution: String?
    @Option(help: "The file to write; the standard output, if it is left out.", completion: .file(extensions: ["svg"]))
    var output: String?
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let scene = try await WorkflowScene.find(machine, execution: execution, server)
            let text = GraphSVG.text(of: scene.graph, title: scene.title, sights: scene.sights)
            guard let output else { return Terminal.write(Array(text.utf8)) }
            do { try Data(text.utf8).write(to: URL(filePath: output)) } catch {
                throw ClientError.badInput("'\(output)' cannot be written.")
            }
        }
    }
}
