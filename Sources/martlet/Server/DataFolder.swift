import FoundationEssentials
import Glibc

/// The one folder a server keeps everything in.
struct DataFolder {
    let path: String

    /// The folder of a server that was not told another.
    static var standard: String {
        if geteuid() == 0 { return "/var/lib/martlet" }
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/tmp"
        return "\(home)/.local/share/martlet"
    }

    init(_ path: String?) {
        let path = path ?? Self.standard
        let current = FileManager.default.currentDirectoryPath
        self.path = path.hasPrefix("/") ? path : "\(current)/\(path)"
    }

    /// Makes the folder, for its owner only.
    func create() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError.malformed(name: "data-dir", value: path, expected: "a folder, or where one can be made")
        }
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }
    var store: String { "\(path)/store" }
    var blobs: String { "\(path)/blobs" }
    var audit: String { "\(path)/audit" }
    var rootKey: String { "\(path)/root.key" }
    /// Where a running server answers its owner.
    var controlSocket: String { "\(path)/control.sock" }
}
