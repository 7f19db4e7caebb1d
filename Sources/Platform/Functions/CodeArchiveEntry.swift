/// One file, link or folder of an archive.
struct CodeArchiveEntry: Sendable {
    enum Kind: Sendable {
        case file, folder, link
    }

    enum Method: Sendable {
        case stored, deflated
    }

    let name: String
    /// The parts of the path below the root; none for the root itself.
    let path: [String]
    let kind: Kind
    let method: Method
    let checksum: UInt32
    let size: Int
    /// Where the compressed bytes lie.
    let data: Range<Int>
    /// Where the local header begins.
    let start: Int
    /// Whether the archive says that somebody may execute it.
    let executable: Bool

    /// The permissions on disk: readable for all and writable for the owner, whatever the archive says.
    ///
    /// The process of a function may run under another user id than its files, so a right of one is a right of all.
    var mode: UInt32 { executable ? 0o755 : 0o644 }
}

/// Reads the little-endian numbers of an archive, never beyond its end.
struct CodeArchiveReader {
    let bytes: [UInt8]

    func u16(_ offset: Int) throws(CodeArchiveError) -> Int {
        guard offset >= 0, offset + 2 <= bytes.count else { throw .truncated }
        return Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
    }

    func u32(_ offset: Int) throws(CodeArchiveError) -> Int {
        try u16(offset) | u16(offset + 2) << 16
    }

    func slice(_ offset: Int, _ count: Int) throws(CodeArchiveError) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset + count <= bytes.count else { throw .truncated }
        return bytes[offset..<offset + count]
    }
}
