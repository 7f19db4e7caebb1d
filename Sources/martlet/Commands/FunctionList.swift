import ArgumentParser
import Core
import Gateway
import NIOHTTP1

/// `martlet functions`: what is deployed.
struct FunctionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "functions",
        abstract: "List the functions of the server.",
        discussion: """
            In a terminal a table, in a pipe one line per function with tabs between the columns, so that the name \
            is the first word:

              martlet functions
              martlet functions | cut -f1
              martlet functions --output json

            Exit status: 0 all is listed, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "table: columns of text; json: the configurations as the Lambda API has them, in one array.")
    var output = Output.table
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let functions = try await Self.all(ServiceClient(access: try await server.access()))
            switch output {
            case .json: Terminal.printLine(JSON.array(functions).text)
            case .table:
                if functions.isEmpty, Terminal.isInteractive {
                    return Terminal.printError("There are no functions yet. Make one: aws lambda create-function help")
                }
                Self.table(of: functions).lines(interactive: Terminal.isInteractive).forEach(Terminal.printLine)
            }
        }
    }

    /// Every function, page by page.
    private static func all(_ client: ServiceClient) async throws -> [JSON] {
        var functions: [JSON] = []
        var marker: String?
        repeat {
            let query = marker.map { "&Marker=\(RequestSigner.escaped($0))" } ?? ""
            let page = try await client.send(
                ServiceClient.Request(method: .GET, target: "/2015-03-31/functions/?MaxItems=1000\(query)")
            ).json()
            guard let list = page["Functions"]?.array else { throw ClientError.malformedAnswer }
            functions += list
            marker = page["NextMarker"]?.string
        } while marker != nil
        return functions
    }

    /// The columns that tell functions apart.
    static func table(of functions: [JSON]) -> Table {
        var table = Table(headings: ["NAME", "RUNTIME", "MEMORY", "TIMEOUT", "CHANGED"])
        table.rows = functions.map { function in
            [
                function["FunctionName"]?.string ?? "-", function["Runtime"]?.string ?? "-",
                function["MemorySize"]?.integer.map { "\($0) MB" } ?? "-",
                function["Timeout"]?.integer.map { "\($0) s" } ?? "-",
                function["LastModified"]?.string.map { String($0.prefix(19)) } ?? "-",
            ]
        }
        return table
    }
}
