/// Why an archive of code is refused, with the name of the entry at fault.
package enum CodeArchiveError: Error, Equatable {
    case notAnArchive
    case truncated
    case split
    case zip64
    case tooManyEntries(limit: Int)
    case tooLarge(limit: Int)
    case entry(name: String, Fault)

    /// What is wrong with one entry.
    package enum Fault: Error, Equatable {
        case encrypted
        case unsupportedMethod(Int)
        /// Its header and the directory disagree.
        case contradictory
        case badName
        case absolutePath
        /// Its path leads out of the archive's root.
        case traversal
        case duplicate
        /// A path goes through something that is not a folder, or a folder stands where a file should.
        case conflict
        case overlapping
        /// A device, a pipe, a socket.
        case special
        /// A link that is absolute or leads out of the archive's root.
        case badLink
        case badSize
        case badChecksum
        case corrupt
        case system(operation: String, errno: Int32)
    }
}
