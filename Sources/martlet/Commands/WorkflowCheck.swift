import ArgumentParser
import Core
import Platform
import StatesLanguage

/// `martlet workflows check`: what is wrong with a definition.
struct WorkflowCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with definitions in files.",
        discussion: """
            Reads files; no server is needed. Each line says the file, line and column, how bad it is, what is wrong, and \
            the place in the definition:

              martlet workflows check order.asl.json
              jq .Definition stack.json | martlet workflows check -

            Exit status: 0 nothing is wrong, 1 a definition has an error, 2 a file cannot be read.
            """)

    @Argument(help: "The files to check; - is the standard input.", completion: .file(extensions: ["json"]))
    var files: [String]
    @Option(help: "text: a line for each flaw; json: one object for each file.")
    var output = WorkflowCommand.Output.text

    func run() async throws {
        try await ExitStatus.reporting {
            var isWrong = false
            for file in files {
                let bytes = try DefinitionFile.bytes(file)
                let diagnostics = StateMachine.diagnostics(
                    of: String(decoding: bytes, as: UTF8.self), jsonata: .stepFunctions)
                isWrong = isWrong || diagnostics.contains { $0.severity == .error }
                switch output {
                case .json: Terminal.printLine(Self.json(diagnostics, in: bytes, file).text)
                case .text:
                    for line in Self.lines(diagnostics, in: bytes, file) { Terminal.printLine(Terminal.harmless(line)) }
                    if diagnostics.isEmpty, Terminal.isInteractive { Terminal.printLine("\(file): nothing is wrong") }
                }
            }
            if isWrong { throw ExitStatus.executionFailed }
        }
    }

    /// A line for each flaw, as compilers write them.
    static func lines(_ diagnostics: [Diagnostic], in bytes: [UInt8], _ file: String) -> [String] {
        diagnostics.map { diagnostic in
            let (line, column) = place(of: diagnostic, in: bytes)
            let words = diagnostic.message + (diagnostic.location.map { " (\($0))" } ?? "")
            return "\(file):\(line):\(column): \(diagnostic.severity.rawValue.lowercased()): \(words)"
        }
    }

    private static func place(of diagnostic: Diagnostic, in bytes: [UInt8]) -> (line: Int, column: Int) {
        guard diagnostic.code != .invalidJSON else {
            var offset = 0
            do throws(JSONError) { _ = try JSON(parsing: bytes) } catch { offset = error.offset }
            return DefinitionPlace(offset: offset, in: bytes).lineAndColumn
        }
        return DefinitionPlace(of: diagnostic.location ?? "", in: bytes).lineAndColumn
    }

    private static func json(_ diagnostics: [Diagnostic], in bytes: [UInt8], _ file: String) -> JSON {
        let list = diagnostics.map { diagnostic -> JSON in
            let (line, column) = place(of: diagnostic, in: bytes)
            return [
                "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code.rawValue),
                "message": .string(diagnostic.message), "location": diagnostic.location.map { .string($0) } ?? .null,
                "line": .number(JSONNumber(Int64(line))), "column": .number(JSONNumber(Int64(column))),
            ]
        }
        let isWrong = diagnostics.contains { $0.severity == .error }
        return ["file": .string(file), "result": isWrong ? "FAIL" : "OK", "diagnostics": .array(list)]
    }
}
