/// The ZIP archive of a function's code or a layer: read strictly, so that what one reader sees every reader sees.
///
/// Opening reads only the directory; `verify` and `extract` also inflate and check the contents. An archive that opens
/// names each file once, below its root, and declares no more than the limits allow.
/// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.4; ZIP64, encryption and parts of a split archive are refused.
package struct CodeArchive: Sendable {
    /// What an archive may hold at most.
    package struct Limits: Hashable, Sendable {
        /// The sum of the sizes of all files when unpacked.
        package var bytes: Int
        /// The number of files, links and folders, those that are only implied by a path included.
        package var nodes: Int

        /// AWS's limit of 250 MB of code with all its layers, unless told otherwise.
        package init(bytes: Int = 262_144_000, nodes: Int = 65_536) {
            self.bytes = bytes
            self.nodes = nodes
        }
    }

    let bytes: [UInt8]
    let entries: [CodeArchiveEntry]

    /// The sum of the sizes of all files when unpacked.
    package let unpackedSize: Int

    /// Reads the directory and refuses what could be misread or is too much.
    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(CodeArchiveError) {
        let directory = try CodeArchiveDirectory(of: bytes)
        guard directory.count <= limits.nodes else { throw .tooManyEntries(limit: limits.nodes) }
        let entries = try directory.entries(of: bytes)
        var size = 0
        for entry in entries {
            size += entry.size
            guard size <= limits.bytes else { throw .tooLarge(limit: limits.bytes) }
        }
        try CodeArchiveDirectory.refuseOverlaps(entries)
        try CodeArchiveTree.check(entries, limit: limits.nodes)
        self.bytes = bytes
        self.entries = entries
        unpackedSize = size
    }

    /// The paths of all files and links, as the archive names them.
    package var paths: [String] { entries.filter { $0.kind != .folder }.map(\.name) }

    /// Inflates everything and checks sizes, checksums and links, without writing anything.
    package func verify() throws(CodeArchiveError) {
        for entry in entries where entry.kind != .folder { _ = try contents(of: entry, keeping: entry.kind == .link) }
    }

    /// Inflates one entry, passing its pieces on or collecting them.
    func contents(of entry: CodeArchiveEntry, keeping: Bool) throws(CodeArchiveError) -> [UInt8] {
        var collected: [UInt8] = []
        if keeping { collected.reserveCapacity(entry.size) }
        try unsafe CodeArchiveInflater.inflate(entry, of: bytes) { (piece: UnsafeRawBufferPointer) in
            // SAFETY: copied within the call.
            if keeping { unsafe collected.append(contentsOf: piece) }
        }
        if entry.kind == .link { try CodeArchivePath.checkLink(collected, of: entry) }
        return collected
    }
}
