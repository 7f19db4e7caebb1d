import GRDB

/// Lets what was erased leave the write-ahead log too.
///
/// The database file overwrites what is deleted (`secure_delete`), but the log keeps the pages as they were before until
/// it is written over. So soon after a record was deleted the log is moved into the database and cut to nothing.
final class Scrubber {
    /// How long deletions gather, so that many of them cost one cut, and how long until another try.
    private static let delay = Duration.seconds(2)
    private static let pause = Duration.seconds(1)
    /// How long writing stands still for a reader, in milliseconds.
    private static let patience = 20

    static let checkpointSQL = "PRAGMA wal_checkpoint(TRUNCATE)"

    private let checkpoint: Prepared
    private let hurry: Prepared
    private let relax: Prepared
    /// When the log is to be cut; `nil` while it holds nothing that was erased.
    private(set) var due: ContinuousClock.Instant?

    init(_ connection: Connection) throws {
        checkpoint = try connection.prepare(Self.checkpointSQL)
        hurry = try connection.prepare("PRAGMA busy_timeout = \(Self.patience)")
        relax = try connection.prepare("PRAGMA busy_timeout = \(Durability.busyMilliseconds)")
    }

    /// Notes that a record was deleted.
    func erased() { due = due ?? .now + Self.delay }

    /// Cuts the log if it is time, outside of any transaction; a log that cannot be cut now is tried again.
    ///
    /// It may not be tried again where the disk failed: what was moved may be lost, and the log has the only copy.
    func run() throws(SQLiteFailure) {
        guard let due, due <= .now else { return }
        self.due = .now + Self.pause
        try hurry.run()
        do throws(SQLiteFailure) {
            let busy = try checkpoint.first { $0.integer(0) }
            if busy == 0 { self.due = nil }
        } catch {
            try relax.run()
            throw error
        }
        try relax.run()
    }
}
