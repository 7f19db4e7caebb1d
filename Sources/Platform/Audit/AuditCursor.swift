import Storage

/// Reads a trail's records in order from its files, while a server may still be writing them.
package struct AuditCursor {
    /// Why there is nothing more to read.
    package enum Failure: Error, Equatable {
        /// The folder holds no trail.
        case absent
        case files(FileFailure)
        case flaw(AuditFlaw, file: String)
    }

    private struct Open {
        var name: String
        var seal: AuditSeal
        var offset: Int
        var place: AuditPlace
        var end: AuditPlace
    }

    private static let pieceSize = 8 << 20

    private let folder: FileFolder
    private let keys: AuditKeys
    /// The number of the next record to give.
    package private(set) var next: UInt64
    private var open: Open?

    /// Begins at a record; the first that is there if it was removed.
    package init(folder: String, keys: AuditKeys, from next: UInt64 = 0) {
        self.folder = FileFolder(folder)
        self.keys = keys
        self.next = next
    }

    /// The next records; none if there are no more for now.
    package mutating func read() throws(Failure) -> [AuditEntry] {
        while true {
            if open == nil { try openSegment(behind: nil) }
            guard var open else { throw .absent }
            let entries = try read(&open)
            self.open = open
            if let last = entries.last {
                next = last.sequence + 1
                return entries
            }
            guard try openSegment(behind: open) else { return [] }
        }
    }

    /// The number of the record behind the last one.
    package mutating func skipToEnd() throws(Failure) -> UInt64 {
        next = .max
        _ = try read()
        guard let open else { throw .absent }
        return open.end.sequence
    }

    private mutating func read(_ open: inout Open) throws(Failure) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        while entries.isEmpty {
            let bytes: [UInt8]
            do throws(FileFailure) {
                bytes = try folder.read(open.name, from: open.offset, first: Self.pieceSize) ?? []
            } catch { throw .files(error) }
            var size = 0
            do throws(AuditFlaw) {
                while size < bytes.count {
                    let group = try AuditGroup(bytes, at: size, behind: open.place)
                    if group.end.sequence > next {
                        entries += try group.records(of: bytes, with: open.seal).filter { $0.sequence >= next }
                    }
                    size += group.size
                    open.place = group.end
                    open.end = group.end
                }
            } catch .unfinished {
                // The rest of the piece comes with the next one, or is being written.
            } catch { throw .flaw(error, file: open.name) }
            open.offset += size
            if size == 0 { break }
        }
        return entries
    }

    /// Opens the segment with the next record or the one behind another; whether there is one.
    @discardableResult
    private mutating func openSegment(behind last: Open?) throws(Failure) -> Bool {
        let names: [String]
        do throws(FileFailure) {
            names = try folder.names().filter { $0.hasSuffix(AuditSegmentHeader.fileEnding) }
        } catch { throw .files(error) }
        let wanted = AuditSegmentHeader.fileName(startingAt: next)
        let found = last.map { last in names.first { $0 > last.name } } ?? names.last { $0 <= wanted } ?? names.first
        guard let name = found else { return false }
        let bytes: [UInt8]
        do throws(FileFailure) { bytes = try folder.read(name, first: AuditSegmentHeader.size) ?? [] } catch {
            throw .files(error)
        }
        do throws(AuditFlaw) {
            let header = try AuditSegmentHeader(bytes)
            if let last, last.end != header.start { throw .gap(expected: last.end, found: header.start) }
            open = Open(
                name: name, seal: try keys.open(header), offset: AuditSegmentHeader.size, place: header.place,
                end: header.start)
        } catch .headerCut where last != nil { return false } catch { throw .flaw(error, file: name) }
        return true
    }
}
