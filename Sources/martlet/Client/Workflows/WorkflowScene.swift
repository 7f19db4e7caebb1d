import Core
import FoundationEssentials
import Platform
import StatesLanguage

/// What a picture shows: a machine, and how the states of an execution fared.
struct WorkflowScene {
    let title: String
    let graph: Graph
    let sights: [String: StateSight]

    /// Finds a machine in a file or on the server, and an execution of it if one is asked for.
    static func find(
        _ machine: String, execution: String?, _ server: ServerAccess.Options
    ) async throws -> WorkflowScene {
        let isFile = !machine.hasPrefix("arn:") && FileManager.default.fileExists(atPath: machine)
        if isFile, execution == nil {
            let text = String(decoding: try DefinitionFile.bytes(machine), as: UTF8.self)
            let name = machine.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? machine
            return WorkflowScene(title: name, graph: try graph(text, of: machine), sights: [:])
        }
        let service = try await server.workflows()
        guard let execution else {
            let found = try await service.describe(machine: try await service.machine(machine))
            return WorkflowScene(
                title: found["name"]?.string ?? machine,
                graph: try graph(found["definition"]?.string ?? "", of: machine), sights: [:])
        }
        let arn = try await service.execution(execution)
        let found = try await service.machine(of: arn)
        var feed = HistoryFeed(service, arn, withData: false)
        var track = ExecutionTrack()
        for event in try await feed.new() { if let entry = HistoryEntry(event) { track.take(entry) } }
        let definition =
            isFile
            ? String(decoding: try DefinitionFile.bytes(machine), as: UTF8.self) : found["definition"]?.string ?? ""
        return WorkflowScene(
            title: arn.split(separator: ":").suffix(2).joined(separator: ":"),
            graph: try graph(definition, of: machine), sights: track.sights(at: .now))
    }

    private static func graph(_ definition: String, of machine: String) throws -> Graph {
        do throws(InvalidDefinition) {
            return Graph(of: try StateMachine(parsing: definition, jsonata: .stepFunctions))
        } catch {
            let first = error.diagnostics.first.map { "\($0.message) at \($0.location ?? "the top")" } ?? ""
            throw ClientError.badInput(
                Terminal.harmless(
                    "\(machine) is no valid definition: \(first)\nSee all of it: martlet workflows check FILE"))
        }
    }

    /// The states and where they lead.
    var json: JSON { ["name": .string(title), "states": Self.json(graph, sights)] }

    private static func json(_ graph: Graph, _ sights: [String: StateSight]) -> JSON {
        .array(
            graph.nodes.enumerated().map { place, node in
                var members = JSONObject([
                    ("name", .string(node.name)), ("type", .string(node.kind.rawValue)),
                    ("isStart", .bool(place == graph.start)), ("isEnd", .bool(node.isEnd)),
                    (
                        "next",
                        .array(
                            node.exits.map { exit in
                                ["state": .string(graph.nodes[exit.target].name), "when": .string(exit.reason.words)]
                            })
                    ),
                ])
                if let sight = sights[node.name] { members["status"] = .string(sight.status.rawValue) }
                if !node.inner.isEmpty { members["flows"] = .array(node.inner.map { json($0, sights) }) }
                return .object(members)
            })
    }
}

/// A definition in a file.
enum DefinitionFile {
    /// Its bytes; `-` is the standard input.
    static func bytes(_ path: String) throws -> [UInt8] {
        if path == "-" { return try Terminal.readInput() }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ClientError.badInput("'\(path)' cannot be read.")
        }
        return Array(bytes)
    }
}
