import CSandbox

/// One thing in the root folder of a sandbox, or of the base in which sandboxes are made.
package struct RootEntry: Equatable, Sendable {
    /// Where it comes from.
    package enum Source: Equatable, Sendable {
        /// An empty folder.
        case directory
        /// A symbolic link to this path.
        case symlink(String)
        /// The host's file or folder at this path, through a read-only mount.
        case bind(String)
        /// A copy of the host's file at this path, made once for all roots.
        case copy(String)
        /// These bytes.
        case content([UInt8])
        /// The host's device at this path.
        case device(String)
        /// The host's folder at this path as it is; in the base only.
        case host(String)
    }

    /// Its path in the root, without a slash in front.
    package var target: String
    package var source: Source
    package var mode: UInt32

    package init(_ target: String, _ source: Source, mode: UInt32 = 0o755) {
        self.target = target
        self.source = source
        self.mode = mode
    }

    func append(to message: inout MessageWriter) {
        message.append(kind)
        message.append(mode)
        message.append(target)
        message.append(path)
    }

    private var path: String {
        switch source {
        case .directory, .content: ""
        case .symlink(let path), .bind(let path), .copy(let path), .device(let path), .host(let path): path
        }
    }

    private var kind: UInt32 {
        switch source {
        case .directory: SANDBOX_DIRECTORY.rawValue
        case .symlink: SANDBOX_SYMLINK.rawValue
        case .bind: SANDBOX_BIND.rawValue
        case .copy: SANDBOX_COPY.rawValue
        case .content: SANDBOX_CONTENT.rawValue
        case .device: SANDBOX_DEVICE.rawValue
        case .host: SANDBOX_HOST.rawValue
        }
    }
}
