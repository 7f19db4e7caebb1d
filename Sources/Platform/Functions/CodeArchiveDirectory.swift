/// The directory at the end of an archive.
struct CodeArchiveDirectory {
    private static let endSignature = 0x0605_4b50
    private static let endSize = 22

    let count: Int
    private let start: Int
    private let end: Int

    /// Finds the directory; the archive must end with it, and it with its comment.
    init(of bytes: [UInt8]) throws(CodeArchiveError) {
        let reader = CodeArchiveReader(bytes: bytes)
        let end = try Self.findEnd(reader)
        guard try reader.u16(end + 4) == 0, try reader.u16(end + 6) == 0,
            try reader.u16(end + 8) == reader.u16(end + 10)
        else { throw .split }
        count = try reader.u16(end + 10)
        let size = try reader.u32(end + 12)
        start = try reader.u32(end + 16)
        guard count != 0xffff, size != 0xffff_ffff, start != 0xffff_ffff else { throw .zip64 }
        guard start + size == end else { throw .notAnArchive }
        self.end = end
    }

    private static func findEnd(_ reader: CodeArchiveReader) throws(CodeArchiveError) -> Int {
        let count = reader.bytes.count
        guard count >= endSize else { throw .notAnArchive }
        var offset = count - endSize
        while offset >= max(0, count - endSize - 0xffff) {
            let comment = count - endSize - offset
            if try reader.u32(offset) == endSignature, try reader.u16(offset + 20) == comment { return offset }
            offset -= 1
        }
        throw .notAnArchive
    }

    /// Reads every entry, and the header that lies before its data.
    func entries(of bytes: [UInt8]) throws(CodeArchiveError) -> [CodeArchiveEntry] {
        let reader = CodeArchiveReader(bytes: bytes)
        var entries: [CodeArchiveEntry] = []
        entries.reserveCapacity(count)
        var offset = start
        for _ in 0..<count {
            let record = try CodeArchiveRecord(at: offset, reader)
            offset += record.length
            guard offset <= end else { throw .truncated }
            entries.append(try record.entry(before: start, reader))
        }
        guard offset == end else { throw .notAnArchive }
        return entries
    }

    /// Refuses entries that share bytes: the way to a small archive that unpacks to a huge one.
    static func refuseOverlaps(_ entries: [CodeArchiveEntry]) throws(CodeArchiveError) {
        var end = 0
        for entry in entries.sorted(by: { $0.start < $1.start }) {
            guard entry.start >= end else { throw .entry(name: entry.name, .overlapping) }
            end = entry.data.upperBound
        }
    }
}
