import Core
import Foundation
import Storage

/// The audit trail of a server: takes records from everywhere and keeps them, in order, sealed and chained.
///
/// Segments lie in a folder of their own, each with a header and groups of records (`docs/audit.md`). One thread writes;
/// what comes in the meantime is written together, with one synchronisation for all.
package final class AuditTrail: Sendable {
    private let inbox: AuditInbox
    private let board: AuditWriter.HeadBoard
    private let keys: AuditKeys
    private let clock: @Sendable () -> Instant
    private let ended: AsyncStream<Never>

    /// Opens or begins the trail in a folder; blocks, so it is called while the program starts.
    ///
    /// What a crash tore off is cut away and said in the trail; a trail that was changed is not opened. `onFailure` is
    /// told, on the writing thread, whenever records could not be written.
    package init(
        folder path: String, account: AccountID, keys: AuditKeys, settings: AuditSettings = AuditSettings(),
        clock: @escaping @Sendable () -> Instant = { .now },
        onFailure: @escaping @Sendable (AuditError) -> Void = { _ in }
    ) throws(AuditError) {
        let folder = FileFolder(path)
        let opening = try AuditOpening(folder: folder, account: account, keys: keys, at: clock())
        let inbox = AuditInbox(settings, clock: clock)
        let board = AuditWriter.HeadBoard(opening.state.head)
        let (ended, signal) = AsyncStream.makeStream(of: Never.self)
        self.inbox = inbox
        self.board = board
        self.keys = keys
        self.clock = clock
        self.ended = ended
        let thread = Thread {
            do throws(FileFailure) {
                try AuditWriter(
                    opening, folder: folder, keys: keys, settings: settings, inbox: inbox, published: board,
                    clock: clock, onFailure: onFailure
                ).run()
            } catch {
                onFailure(.files(error))
                inbox.close(.unavailable, refuseWaiting: true)
            }
            signal.finish()
        }
        thread.name = "audit writer"
        thread.start()
        record(Self.opened(opening, at: clock()))
    }

    deinit { inbox.close(.unavailable, refuseWaiting: false) }

    /// How far the trail has come.
    package var head: AuditHead { board.value }

    /// The head as a line to be kept elsewhere.
    package var publishedHead: String { head.line(keys) }

    /// Whether records are taken: nothing that must be recorded may be done while they are not.
    package var isOpen: Bool { inbox.isOpen }

    /// Keeps a record; it is on the disk when this returns.
    package func append(_ record: AuditRecord) async throws(AuditError) {
        try await withCheckedContinuation { reply in inbox.put(record, reply) }.get()
    }

    /// Keeps a record soon, and lets nobody wait; what finds no room is counted, and the trail says so.
    package func record(_ record: AuditRecord) { inbox.put(record) }

    /// Removes the segments whose records are all older than a time; the trail says so before it happens.
    package func removeSegments(before time: Instant) async throws(AuditError) {
        try await withCheckedContinuation { reply in inbox.cut(before: time, reply) }.get()
    }

    /// Removes what is older than so many days, hour by hour, until the task is cancelled; `nil` keeps everything.
    package func run(keepingDays days: Int?) async {
        guard let days else { return }
        while !Task.isCancelled {
            // A failure was told to `onFailure` or to whoever reads the trail; the next hour tries again.
            try? await removeSegments(before: clock().advanced(milliseconds: -Int64(days) * 86_400_000))
            do { try await Task.sleep(for: .seconds(3600)) } catch { return }
        }
    }

    /// Writes what waits, and closes the files.
    package func close() async {
        inbox.close(.unavailable, refuseWaiting: false)
        for await _ in ended {}
    }

    private static func opened(_ opening: AuditOpening, at time: Instant) -> AuditRecord {
        AuditRecord(
            time: time, kind: .trail, action: "audit:OpenTrail",
            facts: [
                .init("records", String(opening.state.end.sequence)), .init("torn-bytes", String(opening.tornBytes)),
            ])
    }
}
