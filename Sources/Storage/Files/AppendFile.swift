import Glibc

/// A file that only grows: what was appended is on the disk when `append` returns.
///
/// What could not be appended as a whole is taken away again, so that the next piece follows the last whole one.
package struct AppendFile: ~Copyable, Sendable {
    private let raw: Int32
    /// How many bytes are in it for good.
    package private(set) var size: Int

    init(taking raw: Int32, size: Int) {
        self.raw = raw
        self.size = size
    }

    deinit { close(raw) }

    /// Appends all bytes or none; a failure that could not be undone says that the file can be trusted no more.
    package mutating func append(_ bytes: [UInt8]) throws(AppendFailure) {
        let written = FileCalls.write(bytes, to: raw)
        guard written == 0 else {
            let undone = FileCalls.cut(raw, to: size) == 0 && lseek(raw, off_t(size), SEEK_SET) == size
            throw undone ? .refused(FileFailure(code: written)) : .broken(FileFailure(code: written))
        }
        // After a failed synchronisation nobody knows what the disk holds.
        guard fdatasync(raw) == 0 else { throw .broken(FileFailure(code: errno)) }
        size += bytes.count
    }
}

/// Why bytes were not appended.
package enum AppendFailure: Error, Equatable {
    /// Nothing was appended; later it may work.
    case refused(FileFailure)
    /// The end of the file is unknown: only opening it anew can tell.
    case broken(FileFailure)

    /// What the file system said.
    package var failure: FileFailure {
        switch self {
        case .refused(let failure), .broken(let failure): failure
        }
    }
}
