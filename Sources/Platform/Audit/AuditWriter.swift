import Core
import Foundation
import Storage
import Synchronization

/// The thread that owns the trail's files: takes a group, writes it, answers, takes the next.
///
/// One synchronisation serves all who waited; alone, a record is written at once.
final class AuditWriter {
    private let folder: FileFolder
    private let keys: AuditKeys
    private let settings: AuditSettings
    private let clock: @Sendable () -> Instant
    private let inbox: AuditInbox
    private let published: HeadBoard
    private let onFailure: @Sendable (AuditError) -> Void
    private var state: AuditTrailState
    private var seal: AuditSeal
    private var file: AppendFile?
    private var writtenHead: AuditHead?
    private var headDue = ContinuousClock.now

    /// The head as everybody sees it.
    final class HeadBoard: Sendable {
        private let head: Mutex<AuditHead>

        init(_ head: AuditHead) { self.head = Mutex(head) }

        var value: AuditHead { head.withLock { $0 } }

        func show(_ head: AuditHead) { self.head.withLock { $0 = head } }
    }

    init(
        _ opening: AuditOpening, folder: FileFolder, keys: AuditKeys, settings: AuditSettings, inbox: AuditInbox,
        published: HeadBoard, clock: @escaping @Sendable () -> Instant,
        onFailure: @escaping @Sendable (AuditError) -> Void
    ) throws(FileFailure) {
        self.folder = folder
        self.keys = keys
        self.settings = settings
        self.inbox = inbox
        self.published = published
        self.clock = clock
        self.onFailure = onFailure
        state = opening.state
        seal = opening.seal
        file = try folder.append(to: opening.file, keeping: opening.state.segmentSize)
    }

    /// Writes until the inbox is closed and empty, or the files fail.
    func run() {
        while let batch = inbox.take(until: writtenHead == state.head ? nil : headDue) {
            if batch.count > 0 { write(batch) }
            for cut in batch.cuts { cut.reply.resume(returning: removeSegments(before: cut.before)) }
            if ContinuousClock.now >= headDue { writeHead() }
        }
        writeHead()
    }

    private func write(_ batch: AuditInbox.Batch) {
        let result: Result<Void, AuditError> = Result { () throws(AuditError) in
            try append(batch.plaintext, count: batch.count)
        }
        if case .failure(let error) = result {
            onFailure(error)
            inbox.count(lost: batch.untold, at: clock())
            if error != .full { inbox.close(error, refuseWaiting: true) }
        }
        for reply in batch.replies { reply.resume(returning: result) }
    }

    private func append(_ plaintext: [UInt8], count: Int) throws(AuditError) {
        let now = clock()
        do {
            if state.mustRoll(settings, at: now) { try roll(at: now) }
            let (bytes, end) = AuditGroup.seal(
                plaintext, count: count, behind: state.place, at: now, with: seal)
            try file?.append(bytes)
            state.appended(bytes.count, end: end, at: now)
            published.show(state.head)
        } catch AppendFailure.refused(let failure) {
            throw failure.isFull ? .full : .files(failure)
        } catch AppendFailure.broken(let failure) {
            throw .files(failure)
        } catch let failure as FileFailure {
            throw failure.isFull ? .full : .files(failure)
        } catch { throw .unavailable }
    }

    private func roll(at now: Instant) throws {
        let (header, seal) = keys.begin(state.trail, of: state.account, at: state.end, time: now)
        file = try folder.create(header.fileName, header.bytes)
        self.seal = seal
        state.rolled(to: header)
    }

    /// The file says no more than the trail holds, so it is written behind it; one that cannot be written now is later.
    private func writeHead() {
        let head = state.head
        guard head != writtenHead else { return }
        headDue = .now + settings.headInterval
        do {
            try folder.replace(AuditOpening.headFile, with: Array("\(head.line(keys))\n".utf8))
            writtenHead = head
        } catch { return }
    }

    /// Removes the segments whose records are all older than a time, once the trail says so.
    private func removeSegments(before time: Instant) -> Result<Void, AuditError> {
        Result { () throws(AuditError) in
            let names = try AuditOpening.segments(in: folder)
            var headers: [(name: String, header: AuditSegmentHeader)] = []
            for name in names {
                let bytes: [UInt8]?
                do throws(FileFailure) { bytes = try folder.read(name, first: AuditSegmentHeader.size) } catch {
                    throw .files(error)
                }
                do throws(AuditFlaw) { headers.append((name, try AuditSegmentHeader(bytes ?? []))) } catch {
                    throw .damaged(file: name, error)
                }
            }
            // A segment's records are all older if the next one was begun before that time.
            guard let keep = headers.indices.dropFirst().last(where: { headers[$0].header.begun <= time }) else {
                return
            }
            let record = AuditCut(headers[keep].header.start).record(at: clock())
            try append(record.bytes, count: 1)
            do throws(FileFailure) {
                for old in headers[..<keep] { try folder.remove(old.name) }
            } catch { throw .files(error) }
        }
    }
}
