import Glibc

/// What room a file system has for what is not the system administrator's.
struct DiskRoom: Equatable {
    let free: UInt64
    let size: UInt64

    /// Takes figures in bytes.
    init(free: UInt64, size: UInt64) { (self.free, self.size) = (free, size) }

    /// Asks for the file system of a folder; `nil` where there is no such folder.
    init?(at folder: String) {
        // SAFETY: the call writes the one value that it is given, and the text ends in a zero.
        var found = statvfs()
        guard unsafe statvfs(folder, &found) == 0 else { return nil }
        let unit = UInt64(found.f_frsize)
        self.init(
            free: UInt64(found.f_bavail).multipliedReportingOverflow(by: unit).partialValue,
            size: UInt64(found.f_blocks).multipliedReportingOverflow(by: unit).partialValue)
    }
}
