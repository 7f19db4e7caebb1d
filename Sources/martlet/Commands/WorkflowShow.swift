import ArgumentParser
import Core
import StatesLanguage

/// `martlet workflows show`: a machine as a picture in the terminal.
struct WorkflowShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draw a machine, or a definition in a file, in the terminal.",
        discussion: """
            With --execution the states have the colours and marks of one. A file needs no server. What is too wide for \
            the terminal is written out, one state below the other.

              martlet workflows show order.asl.json
              martlet workflows show orders --execution orders:order-17 | less
            """)

    @Argument(help: "The machine's name or ARN, or a file.", completion: .file(extensions: ["json"]))
    var machine: String
    @Option(help: "Show how this execution fared: its ARN, MACHINE:NAME, or MACHINE for the latest one.")
    var execution: String?
    @Option(help: "The most columns; those of the terminal, if it is left out, and 120 in a pipe.")
    var columns: Int?
    @Option(help: "text: the picture; json: the states and where they lead, in one object.")
    var output = WorkflowCommand.Output.text
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let scene = try await WorkflowScene.find(machine, execution: execution, server)
            guard output == .text else { return Terminal.printLine(scene.json.text) }
            let picture = WorkflowPicture(scene.graph, isFollowed: execution != nil)
            let width = columns ?? (Terminal.isInteractive ? Terminal.size.columns : 120)
            for line in picture.lines(columns: max(20, width), sights: scene.sights) {
                Terminal.printLine(Terminal.isColoured ? line.coloured : line.text)
            }
        }
    }
}
