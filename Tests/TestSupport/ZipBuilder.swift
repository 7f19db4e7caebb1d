/// Writes ZIP archives for tests, honest ones and hostile ones.
package struct ZipBuilder {
    /// One entry; what is not set follows from what is.
    package struct Entry {
        package var name: [UInt8]
        package var content: [UInt8]
        /// The Unix mode with its type bits; 0 for an archive of another system.
        package var mode: UInt32
        package var flags = 0
        package var method = 0
        /// The bytes in the archive, where they are not the content itself.
        package var compressed: [UInt8]?
        package var declaredSize: Int?
        package var checksum: UInt32?
        /// A name for the local header that contradicts the directory.
        package var localName: [UInt8]?
        /// Makes the directory point at an earlier entry's header.
        package var sharesDataOf: Int?

        /// A regular file, unless `mode` says otherwise.
        package init(_ name: String, _ content: String = "", mode: UInt32 = 0o100644) {
            self.name = Array(name.utf8)
            self.content = Array(content.utf8)
            self.mode = mode
        }
    }

    package var entries: [Entry]
    package var comment: [UInt8] = []

    /// Starts with some entries.
    package init(_ entries: [Entry] = []) { self.entries = entries }

    /// An archive of regular files.
    package static func files(_ files: [(name: String, content: String)]) -> [UInt8] {
        ZipBuilder(files.map { Entry($0.name, $0.content) }).bytes
    }

    /// The archive.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        var offsets: [Int] = []
        for entry in entries {
            let offset = entry.sharesDataOf.map { offsets[$0] } ?? bytes.count
            offsets.append(offset)
            if entry.sharesDataOf == nil { bytes += local(entry) }
            directory += record(entry, offset: offset)
        }
        let start = bytes.count
        bytes += directory
        bytes += Self.u32(0x0605_4b50) + Self.u16(0) + Self.u16(0) + Self.u16(entries.count) + Self.u16(entries.count)
        bytes += Self.u32(directory.count) + Self.u32(start) + Self.u16(comment.count) + comment
        return bytes
    }

    private func local(_ entry: Entry) -> [UInt8] {
        let name = entry.localName ?? entry.name
        return Self.u32(0x0403_4b50) + Self.u16(20) + common(entry, nameLength: name.count) + Self.u16(0) + name
            + (entry.compressed ?? entry.content)
    }

    private func record(_ entry: Entry, offset: Int) -> [UInt8] {
        Self.u32(0x0201_4b50) + Self.u16(entry.mode == 0 ? 20 : 3 << 8 | 20) + Self.u16(20)
            + common(entry, nameLength: entry.name.count) + Self.u16(0) + Self.u16(0) + Self.u16(0) + Self.u16(0)
            + Self.u32(Int(entry.mode) << 16) + Self.u32(offset) + entry.name
    }

    private func common(_ entry: Entry, nameLength: Int) -> [UInt8] {
        Self.u16(entry.flags) + Self.u16(entry.method) + Self.u16(0) + Self.u16(0x21)
            + Self.u32(Int(entry.checksum ?? Self.checksum(entry.content)))
            + Self.u32((entry.compressed ?? entry.content).count)
            + Self.u32(entry.declaredSize ?? entry.content.count) + Self.u16(nameLength)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = ~0
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
        return ~value
    }

    private static func u16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private static func u32(_ value: Int) -> [UInt8] { u16(value) + u16(value >> 16) }
}
