/// One record of the directory, checked against the local header of its entry.
struct CodeArchiveRecord {
    private static let signature = 0x0201_4b50
    private static let localSignature = 0x0403_4b50
    private static let size = 46
    private static let localSize = 30
    private static let encryptionFlags = 1 | 1 << 6 | 1 << 13
    private static let sizesFollowFlag = 1 << 3

    /// How long the record is, its name, extra fields and comment included.
    let length: Int
    private let host: Int
    private let flags: Int
    private let method: Int
    private let checksum: Int
    private let compressedSize: Int
    private let fullSize: Int
    private let nameBytes: ArraySlice<UInt8>
    private let attributes: Int
    private let localOffset: Int

    init(at offset: Int, _ reader: CodeArchiveReader) throws(CodeArchiveError) {
        guard try reader.u32(offset) == Self.signature else { throw .notAnArchive }
        host = try reader.u16(offset + 4) >> 8
        flags = try reader.u16(offset + 8)
        method = try reader.u16(offset + 10)
        checksum = try reader.u32(offset + 16)
        compressedSize = try reader.u32(offset + 20)
        fullSize = try reader.u32(offset + 24)
        let nameLength = try reader.u16(offset + 28)
        attributes = try reader.u32(offset + 38)
        localOffset = try reader.u32(offset + 42)
        length = Self.size + nameLength + (try reader.u16(offset + 30)) + (try reader.u16(offset + 32))
        nameBytes = try reader.slice(offset + Self.size, nameLength)
        guard try reader.u16(offset + 34) == 0 else { throw .split }
        guard compressedSize != 0xffff_ffff, fullSize != 0xffff_ffff, localOffset != 0xffff_ffff else { throw .zip64 }
    }

    /// The entry, if nothing about it is wrong.
    func entry(before limit: Int, _ reader: CodeArchiveReader) throws(CodeArchiveError) -> CodeArchiveEntry {
        let name = String(decoding: nameBytes, as: UTF8.self)
        do {
            return try checkedEntry(name: name, before: limit, reader)
        } catch let fault as CodeArchiveError.Fault {
            throw .entry(name: name, fault)
        } catch let error as CodeArchiveError {
            throw error
        } catch {
            throw .notAnArchive
        }
    }

    private func checkedEntry(
        name: String, before limit: Int, _ reader: CodeArchiveReader
    ) throws -> CodeArchiveEntry {
        guard flags & Self.encryptionFlags == 0 else { throw CodeArchiveError.Fault.encrypted }
        let path = try CodeArchivePath.parts(of: nameBytes)
        let kind = try kind(isRoot: path.isEmpty)
        let method: CodeArchiveEntry.Method
        switch self.method {
        case 0: method = .stored
        case 8: method = .deflated
        default: throw CodeArchiveError.Fault.unsupportedMethod(self.method)
        }
        guard method == .deflated || compressedSize == fullSize, kind != .folder || fullSize == 0 else {
            throw CodeArchiveError.Fault.badSize
        }
        guard kind != .link || fullSize <= CodeArchivePath.linkLimit else { throw CodeArchiveError.Fault.badLink }
        return CodeArchiveEntry(
            name: name, path: path, kind: kind, method: method, checksum: UInt32(checksum), size: fullSize,
            data: try data(before: limit, reader), start: localOffset, executable: permissions & 0o111 != 0)
    }

    /// Where the data lies, after the local header has been found to say the same as the directory.
    private func data(before limit: Int, _ reader: CodeArchiveReader) throws -> Range<Int> {
        let offset = localOffset
        guard try reader.u32(offset) == Self.localSignature else { throw CodeArchiveError.Fault.contradictory }
        let nameLength = try reader.u16(offset + 26)
        let localFlags = try reader.u16(offset + 6)
        guard try reader.slice(offset + Self.localSize, nameLength) == nameBytes,
            try reader.u16(offset + 8) == method, localFlags & Self.encryptionFlags == 0
        else { throw CodeArchiveError.Fault.contradictory }
        if localFlags & Self.sizesFollowFlag == 0 {
            guard try reader.u32(offset + 14) == checksum, try reader.u32(offset + 18) == compressedSize,
                try reader.u32(offset + 22) == fullSize
            else { throw CodeArchiveError.Fault.contradictory }
        }
        let start = offset + Self.localSize + nameLength + (try reader.u16(offset + 28))
        guard start + compressedSize <= limit else { throw CodeArchiveError.truncated }
        return start..<start + compressedSize
    }

    /// The Unix mode, where the archive was made on a system that has one (host 3 is Unix, 19 macOS).
    private var permissions: Int { host == 3 || host == 19 ? attributes >> 16 : 0 }

    private func kind(isRoot: Bool) throws(CodeArchiveError.Fault) -> CodeArchiveEntry.Kind {
        let named = nameBytes.last == UInt8(ascii: "/")
        let kind: CodeArchiveEntry.Kind
        switch permissions & 0o170000 {
        case 0: kind = named ? .folder : .file
        case 0o100000: kind = .file
        case 0o040000: kind = .folder
        case 0o120000: kind = .link
        default: throw .special
        }
        guard named == (kind == .folder) else { throw .conflict }
        guard !isRoot || kind == .folder else { throw .badName }
        return kind
    }
}
