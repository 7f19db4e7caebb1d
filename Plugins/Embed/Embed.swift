import Foundation
import PackagePlugin

/// Makes one Swift file out of the files a target carries inside the binary.
///
/// What a target carries is named here; `dev/embed` compiles or reads it and writes base64 literals.
@main
struct Embed: BuildToolPlugin {
    /// Target name → files or folders, from the package's root, whose content it embeds.
    private let contents = [
        "Sandboxing": [
            "shim/init.c", "runtimes/python/bootstrap.py", "runtimes/python/martlet_client.py",
            "runtimes/node/bootstrap.js", "runtimes/node/proxy.js",
        ],
        "Gateway": ["models", "models/own"],
        "StatesLanguage": ["models/results"],
    ]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let inputs = try (contents[target.name] ?? []).flatMap { try files(below: root.appending(path: $0)) }
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        let script = root.appending(path: "dev/embed")
        let headers = ["sandbox_message.h", "sandbox_protocol.h"].map {
            root.appending(path: "Sources/CSandbox/include/\($0)")
        }
        return [
            .buildCommand(
                displayName: "Embedding \(inputs.count) files into \(target.name)",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, output.path] + inputs.map(\.path),
                inputFiles: [script] + headers + inputs,
                outputFiles: [output])
        ]
    }

    private func files(below url: URL) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [url] }
        return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            .filter { $0.hasSuffix(".json") }.map { url.appending(path: $0) }
    }
}
