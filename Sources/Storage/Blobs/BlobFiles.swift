import FoundationEssentials
import Glibc

/// The files of the blob store, with plain blocking calls.
///
/// A blob appears under its name only when its bytes are on the disk, and `write` returns only when its name is too.
struct BlobFiles: Sendable {
    /// What is known of a blob without reading it.
    struct Info: Equatable {
        let id: BlobID
        let size: Int
        /// When it was written, in seconds since 1970.
        let written: Double
    }

    private let root: String
    private let incoming: String

    /// Makes the folders.
    init(root: String) throws(FileFailure) {
        self.root = root
        incoming = root + "/incoming"
        try Self.check(FileCalls.makeFolder(root))
        try Self.check(FileCalls.makeFolder(incoming))
    }

    /// Keeps bytes under a name; if there is such a blob it stays as it is, and counts as new for the sweep.
    func write(_ bytes: [UInt8], as id: BlobID) throws(FileFailure) {
        let shelf = root + "/" + shelf(of: id)
        try Self.check(FileCalls.makeFolder(shelf))
        if FileCalls.touch(path(id)) != 0 {
            let temporary = incoming + "/" + UUID().uuidString
            do {
                try Self.create(temporary, bytes)
                try Self.check(FileCalls.move(temporary, to: path(id)))
            } catch {
                // If it stays, the sweep will find it.
                _ = FileCalls.remove(temporary)
                throw error
            }
        }
        try Self.check(FileCalls.synchronizeFolder(shelf))
    }

    /// The bytes of a blob; `nil` if there is none.
    func read(_ id: BlobID) throws(FileFailure) -> [UInt8]? {
        guard let size = FileCalls.status(path(id))?.size else { return nil }
        let raw = FileCalls.open(path(id), O_RDONLY)
        guard raw >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure(code: errno)
        }
        defer { close(raw) }
        let (bytes, code) = FileCalls.read(size, from: raw)
        try Self.check(code == 0 && bytes.count < size ? EIO : code)
        return bytes
    }

    /// Removes a blob, if it is there.
    func remove(_ id: BlobID) throws(FileFailure) {
        let code = FileCalls.remove(path(id))
        if code != ENOENT { try Self.check(code) }
    }

    /// What is there, in the order of the names, behind one of them.
    func list(after: BlobID?, limit: Int) throws(FileFailure) -> [Info] {
        var found: [Info] = []
        let first = after.map { self.shelf(of: $0) } ?? ""
        for shelf in try names(root).sorted() where shelf.utf8.count == 2 && shelf >= first {
            let ids = try names(root + "/" + shelf).compactMap { BlobID($0) }.sorted()
            for id in ids where after.map({ $0 < id }) ?? true {
                guard found.count < limit else { return found }
                // One that was removed meanwhile is left out.
                guard let status = FileCalls.status(path(id)) else { continue }
                found.append(Info(id: id, size: status.size, written: status.written))
            }
        }
        return found
    }

    /// Removes what was left half written before a time.
    func removeUnfinished(before time: Double) throws(FileFailure) {
        for name in try names(incoming) {
            let path = incoming + "/" + name
            guard let status = FileCalls.status(path), status.written < time else { continue }
            try Self.check(FileCalls.remove(path))
        }
    }

    /// The folder it lies in: names are spread over many.
    private func shelf(of id: BlobID) -> String { String(id.text.prefix(2)) }

    private func path(_ id: BlobID) -> String { root + "/" + shelf(of: id) + "/" + id.text }

    private func names(_ folder: String) throws(FileFailure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileFailure(code: EIO)
        }
    }

    private static func create(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
        let raw = FileCalls.open(path, O_WRONLY | O_CREAT | O_EXCL)
        guard raw >= 0 else { throw FileFailure(code: errno) }
        defer { close(raw) }
        try check(FileCalls.write(bytes, to: raw))
        try check(fsync(raw) == 0 ? 0 : errno)
    }

    private static func check(_ code: Int32) throws(FileFailure) {
        if code != 0 { throw FileFailure(code: code) }
    }
}
