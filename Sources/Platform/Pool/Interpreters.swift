import Core
import FoundationEssentials
import Sandboxing

/// Which programs run which runtimes on this machine.
///
/// A runtime folder that the operator names holds one folder per runtime identifier (`python3.12`, `nodejs22.x`) with the
/// interpreter at `bin/python3` or `bin/node`; what it does not hold is served by the machine's own interpreters, of
/// whatever version they are.
package struct Interpreters: Sendable {
    private let folder: String?
    package let python: String?
    package let node: String?

    /// Looks for the machine's interpreters at their usual places.
    package init(folder: String? = nil) {
        self.folder = folder
        python = Self.executable(["/usr/bin/python3", "/usr/local/bin/python3"])
        node = Self.executable(["/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node"])
    }

    /// What is worth parking: every machine-wide interpreter, and an empty sandbox for `provided` runtimes.
    package var programs: [RuntimeProgram] {
        [python.map(RuntimeProgram.python(path:)), node.map(RuntimeProgram.node(path:)), .empty].compactMap(\.self)
    }

    /// What runs this runtime; `nil` where the machine has no interpreter for it.
    package func program(for runtime: Runtime) -> RuntimeProgram? {
        switch runtime.family {
        case .provided: .empty
        case .python: (own(runtime, "bin/python3") ?? python).map(RuntimeProgram.python(path:))
        case .node: (own(runtime, "bin/node") ?? node).map(RuntimeProgram.node(path:))
        }
    }

    private func own(_ runtime: Runtime, _ path: String) -> String? {
        folder.flatMap { Self.executable(["\($0)/\(runtime.identifier)/\(path)"]) }
    }

    private static func executable(_ paths: [String]) -> String? {
        paths.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
