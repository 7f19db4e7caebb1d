import FoundationEssentials
import Synchronization

/// The zone files of the machine, each read once.
///
/// Not Foundation's `TimeZone`: it takes milliseconds to load, and nobody promises that threads may share it.
package final class ZoneFolder: Sendable {
    /// Where Debian and others keep them.
    package static let standard = ZoneFolder(path: "/usr/share/zoneinfo")

    private let path: String
    /// Bounded by how many files the machine has.
    private let known = Mutex<[ZoneName: ZoneRules]>([:])

    /// Reads files below a folder.
    package init(path: String) { self.path = path }

    /// The rules of a zone; UTC needs no file.
    package func rules(of name: ZoneName) throws(ZoneFlaw) -> ZoneRules {
        if name == .utc { return .utc }
        if let rules = known.withLock({ $0[name] }) { return rules }
        // `localtime` and `posixrules` are what this machine's owner likes.
        guard name.text.first?.isUppercase == true, let bytes = bytes(name) else {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
                throw .noZones(folder: path)
            }
            throw .unknown(name)
        }
        guard bytes.starts(with: "TZif".utf8) else { throw .unknown(name) }
        let rules = try ZoneFileParser.parse(bytes)
        known.withLock { $0[name] = rules }
        return rules
    }

    private func bytes(_ name: ZoneName) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(name.text)").map { Array($0.prefix(ZoneFileParser.limit + 1)) }
    }
}
