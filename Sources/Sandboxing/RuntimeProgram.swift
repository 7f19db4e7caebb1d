/// What runs in a sandbox before a function is assigned to it.
package enum RuntimeProgram: Hashable, Sendable {
    /// A Python interpreter with the runtime client, waiting.
    case python(path: String)
    /// A Node interpreter with the runtime client, waiting.
    case node(path: String)
    /// Nothing: the function brings its own program.
    case empty

    /// The host's path of the interpreter.
    var interpreter: String? {
        switch self {
        case .python(let path), .node(let path): path
        case .empty: nil
        }
    }

    /// The runtime client, by its name in the sandbox's `/var/runtime`.
    var client: String? {
        switch self {
        case .python: "bootstrap.py"
        case .node: "bootstrap.js"
        case .empty: nil
        }
    }

    /// What lies beside the client: the module that it is written in, or that it loads when it is needed.
    var clientModule: String? {
        switch self {
        case .python: "martlet_client.py"
        case .node: "proxy.js"
        case .empty: nil
        }
    }

    /// The interpreter's options: it takes nothing from the environment, and no site packages.
    var options: [String] {
        if case .python = self { ["-S", "-E"] } else { [] }
    }
}
