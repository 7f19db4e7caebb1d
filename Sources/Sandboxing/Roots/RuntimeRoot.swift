import Core

/// What a sandbox's read-only root holds: the runtime, the libraries it is linked to, a few shell tools, and no more.
struct RuntimeRoot {
    /// The folder in which a runtime that does not belong to the system lies, as AWS has it.
    static let languageFolder = "/var/lang"

    let program: RuntimeProgram

    /// The interpreter's path in the sandbox.
    var interpreter: String? {
        guard let path = program.interpreter else { return nil }
        guard let folder = ownFolder else { return path }
        return Self.languageFolder + path.dropFirst(folder.count)
    }

    /// What is run when the sandbox is parked; empty for a function that brings its program.
    var arguments: [String] {
        guard let interpreter, let client = program.client else { return [] }
        return [interpreter] + program.options + ["/var/runtime/\(client)"]
    }

    /// What the root holds.
    func entries() throws(SandboxError) -> [RootEntry] {
        try folders + RuntimeLibraries.entries + SyntheticFiles.entries + tools + language() + shipped()
    }

    /// The folder of a runtime that the operator pointed to: two above its program.
    ///
    /// The system's is in `/usr`.
    private var ownFolder: String? {
        guard let path = program.interpreter else { return nil }
        let parts = path.split(separator: "/").dropLast(2)
        let folder = "/" + parts.joined(separator: "/")
        return folder == "/usr" || folder == "/" ? nil : folder
    }

    private var folders: [RootEntry] {
        ["dev", "proc", "var/task", "var/runtime", "opt", "usr/bin", "run"].map { RootEntry($0, .directory) }
            + [RootEntry("tmp", .directory, mode: 0o1777), RootEntry("var/tmp", .symlink("/tmp"))]
            + [RootEntry("bin", .symlink("usr/bin")), RootEntry("sbin", .symlink("usr/bin"))]
    }

    private var tools: [RootEntry] {
        ShellTools.names.compactMap { name in
            HostFiles.resolved("/usr/bin/\(name)").map { RootEntry("usr/bin/\(name)", .copy($0)) }
        }
    }

    private func language() throws(SandboxError) -> [RootEntry] {
        guard let path = program.interpreter else { return script }
        guard let real = HostFiles.resolved(path) else { throw .unsupported("no interpreter at \(path)") }
        if let ownFolder { return [RootEntry(String(Self.languageFolder.dropFirst()), .bind(ownFolder))] }
        return [RootEntry(String(path.dropFirst()), .bind(real))] + standardLibrary(of: real)
    }

    /// The system's Python, for a bootstrap that is a Python script, as AWS's own runtime client is.
    private var script: [RootEntry] {
        guard let real = HostFiles.resolved("/usr/bin/python3") else { return [] }
        let name = real.split(separator: "/").last.map(String.init) ?? "python3"
        let link = name == "python3" ? [] : [RootEntry("usr/bin/python3", .symlink(name))]
        return [RootEntry("usr/bin/\(name)", .bind(real))] + link + standardLibrary(of: real)
    }

    /// What the system keeps outside of the interpreter's file.
    private func standardLibrary(of real: String) -> [RootEntry] {
        let name = real.split(separator: "/").last.map(String.init) ?? ""
        let candidates =
            switch program {
            case .python, .empty: ["/usr/lib/\(name)", "/usr/lib64/\(name)"]
            case .node: ["/usr/share/nodejs"]
            }
        return candidates.filter(HostFiles.exists).map { RootEntry(String($0.dropFirst()), .bind($0)) }
    }

    private func shipped() throws(SandboxError) -> [RootEntry] {
        var entries: [RootEntry] = []
        for name in ["init", program.client, program.clientModule].compactMap({ $0 }) {
            entries.append(RootEntry("var/runtime/\(name)", .content(try Self.embedded(name))))
        }
        return try entries + compiled()
    }

    /// The compiled forms of the client's module, where Python looks for them; it ignores those of another version.
    private func compiled() throws(SandboxError) -> [RootEntry] {
        guard case .python = program, let module = program.clientModule?.split(separator: ".").first else { return [] }
        var entries = [RootEntry("var/runtime/__pycache__", .directory)]
        for name in Embedded.files.keys.sorted() where name.hasPrefix(module + ".") && name.hasSuffix(".pyc") {
            entries.append(RootEntry("var/runtime/__pycache__/\(name)", .content(try Self.embedded(name))))
        }
        return entries
    }

    private static func embedded(_ name: String) throws(SandboxError) -> [UInt8] {
        guard let text = Embedded.files[name], let bytes = Base64.decode(text) else {
            throw .unsupported("\(name) does not travel in this binary")
        }
        return bytes
    }
}
