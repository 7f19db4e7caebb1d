import Core
import Glibc
import Storage

/// Opens a trail where it was left: cuts off the one write that a crash may have torn, and refuses anything else.
struct AuditOpening: Sendable {
    let state: AuditTrailState
    let seal: AuditSeal
    /// The file that is appended to.
    let file: String
    /// Bytes that a crash had left behind the last whole group.
    let tornBytes: Int

    static let headFile = "head"

    /// Opens the trail in a folder, or begins one; blocks.
    init(
        folder: FileFolder, account: AccountID, keys: AuditKeys, at now: Instant
    ) throws(AuditError) {
        do throws(FileFailure) { try folder.make() } catch { throw .files(error) }
        let head = try Self.storedHead(in: folder, keys)
        var names = try Self.segments(in: folder)
        var torn = 0
        while let name = names.last {
            let bytes = try Self.read(name, folder)
            guard let segment = Self.begun(bytes, keys) else {
                guard bytes.count <= AuditSegmentHeader.size else { throw .damaged(file: name, .notASegment) }
                // A crash while the segment was begun: it holds no record yet.
                do throws(FileFailure) { try folder.remove(name) } catch { throw .files(error) }
                names.removeLast()
                torn += bytes.count
                continue
            }
            self = try Self.found(segment, name, keys, head: head, torn: torn)
            return
        }
        if let head, head.place.sequence > 0 {
            throw .damaged(file: Self.headFile, .truncated(head: head.place, end: .start))
        }
        self = try Self.new(AuditTrailID(), account, folder, keys, now, torn)
    }

    private init(state: AuditTrailState, seal: AuditSeal, file: String, tornBytes: Int) {
        self.state = state
        self.seal = seal
        self.file = file
        self.tornBytes = tornBytes
    }

    /// The names of a folder's segments, in order.
    static func segments(in folder: FileFolder) throws(AuditError) -> [String] {
        do throws(FileFailure) {
            return try folder.names().filter { $0.hasSuffix(AuditSegmentHeader.fileEnding) }
        } catch { throw .files(error) }
    }

    private static func read(_ name: String, _ folder: FileFolder) throws(AuditError) -> [UInt8] {
        do throws(FileFailure) { return try folder.read(name) ?? [] } catch { throw .files(error) }
    }

    private static func storedHead(in folder: FileFolder, _ keys: AuditKeys) throws(AuditError) -> AuditHead? {
        let bytes: [UInt8]?
        do throws(FileFailure) { bytes = try folder.read(headFile) } catch { throw .files(error) }
        guard let bytes else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
        guard let head = AuditHead(line: line), head.isAuthentic(line, keys) else { throw .headUnreadable }
        return head
    }

    /// The segment, if its header and the key in it are whole.
    private static func begun(_ bytes: [UInt8], _ keys: AuditKeys) -> (AuditSegment, AuditSeal)? {
        do {
            let segment = try AuditSegment(bytes)
            return (segment, try keys.open(segment.header))
        } catch { return nil }
    }

    private static func found(
        _ begun: (segment: AuditSegment, seal: AuditSeal), _ name: String, _ keys: AuditKeys, head: AuditHead?,
        torn: Int
    ) throws(AuditError) -> AuditOpening {
        let (segment, seal) = begun
        var time = segment.header.begun
        // A head before this segment is for the verifier, which reads the others too.
        let start = segment.header.start
        var isHeadFound = head.map { $0.place == start || $0.place.sequence < start.sequence } ?? true
        let walk = segment.walk { group throws(AuditFlaw) in
            time = group.time
            if group.end == head?.place { isHeadFound = true }
        }
        if let flaw = walk.flaw, !segment.isTorn(behind: walk) {
            throw .damaged(file: name, flaw)
        }
        if let head {
            guard head.trail == segment.header.trail else { throw .damaged(file: name, .headOfOther(head.trail)) }
            guard head.place.sequence <= walk.end.sequence else {
                throw .damaged(file: name, .truncated(head: head.place, end: walk.end))
            }
            guard isHeadFound else { throw .damaged(file: name, .diverged(head: head.place)) }
        }
        return AuditOpening(
            state: AuditTrailState(segment.header, walk, time: time), seal: seal, file: name,
            tornBytes: torn + segment.bytes.count - walk.size)
    }

    private static func new(
        _ trail: AuditTrailID, _ account: AccountID, _ folder: FileFolder, _ keys: AuditKeys, _ now: Instant,
        _ torn: Int
    ) throws(AuditError) -> AuditOpening {
        do {
            let (header, seal) = keys.begin(trail, of: account, at: .start, time: now)
            _ = try folder.create(header.fileName, header.bytes)
            return AuditOpening(
                state: AuditTrailState(beginning: header), seal: seal, file: header.fileName, tornBytes: torn)
        } catch { throw .files(error) }
    }
}
