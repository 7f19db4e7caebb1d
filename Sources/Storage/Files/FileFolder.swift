import FoundationEssentials
import Glibc

/// A folder of files that are read whole, replaced whole, or appended to; plain blocking calls.
package struct FileFolder: Sendable {
    package let path: String

    /// Names a folder that may or may not be there.
    package init(_ path: String) { self.path = path }

    /// Makes the folder, for its owner only; one that is there is fine.
    package func make() throws(FileFailure) { try Self.check(FileCalls.makeFolder(path)) }

    /// The names in it, sorted; none where it is absent.
    package func names() throws(FileFailure) -> [String] {
        guard FileCalls.status(path) != nil else { return [] }
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw FileFailure(code: EIO)
        }
    }

    /// The bytes of a file as far as they reach now, or a part of them; `nil` if there is none.
    package func read(_ name: String, from start: Int = 0, first limit: Int = .max) throws(FileFailure) -> [UInt8]? {
        let raw = FileCalls.open("\(path)/\(name)", O_RDONLY)
        guard raw >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure(code: errno)
        }
        defer { close(raw) }
        let size = lseek(raw, 0, SEEK_END)
        guard size >= 0, lseek(raw, off_t(start), SEEK_SET) == start else { throw FileFailure(code: errno) }
        let (bytes, code) = FileCalls.read(max(0, min(Int(size) - start, limit)), from: raw)
        try Self.check(code)
        return bytes
    }

    /// Gives a file new content: after a crash there is the old or the new one, whole.
    package func replace(_ name: String, with bytes: [UInt8]) throws(FileFailure) {
        let temporary = "\(path)/\(name).new"
        let raw = FileCalls.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        guard raw >= 0 else { throw FileFailure(code: errno) }
        defer { close(raw) }
        try Self.check(FileCalls.write(bytes, to: raw))
        try Self.check(fdatasync(raw) == 0 ? 0 : errno)
        try Self.check(FileCalls.move(temporary, to: "\(path)/\(name)"))
    }

    /// Removes a file, durably; one that is not there is fine.
    package func remove(_ name: String) throws(FileFailure) {
        let code = FileCalls.remove("\(path)/\(name)")
        if code != ENOENT { try Self.check(code) }
        try Self.check(FileCalls.synchronizeFolder(path))
    }

    /// Begins a file with its first bytes, durable with its name when this returns; a failure leaves no file behind.
    package func create(_ name: String, _ bytes: [UInt8]) throws(FileFailure) -> AppendFile {
        let raw = FileCalls.open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL)
        guard raw >= 0 else { throw FileFailure(code: errno) }
        var file = AppendFile(taking: raw, size: 0)
        do throws(AppendFailure) { try file.append(bytes) } catch {
            _ = FileCalls.remove("\(path)/\(name)")
            throw error.failure
        }
        try Self.check(FileCalls.synchronizeFolder(path))
        return file
    }

    /// Goes on with a file behind its first `size` bytes; what lies behind them is taken away.
    package func append(to name: String, keeping size: Int) throws(FileFailure) -> AppendFile {
        let raw = FileCalls.open("\(path)/\(name)", O_WRONLY)
        guard raw >= 0 else { throw FileFailure(code: errno) }
        let file = AppendFile(taking: raw, size: size)
        try Self.check(FileCalls.cut(raw, to: size))
        try Self.check(lseek(raw, off_t(size), SEEK_SET) == size ? 0 : errno)
        try Self.check(fsync(raw) == 0 ? 0 : errno)
        return file
    }

    private static func check(_ code: Int32) throws(FileFailure) {
        if code != 0 { throw FileFailure(code: code) }
    }
}
