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

    /// Cuts the log if it is time, outside of any transaction.
    func run() {
        guard let due, due <= .now else { return }
        self.due = isCut ? nil : .now + Self.pause
    }

    /// A log that cannot be cut now loses nothing: it is tried again, and a disk that fails shows at the next write.
    private var isCut: Bool {
        do {
            try hurry.run()
            let busy = try checkpoint.first { $0.integer(0) }
            try relax.run()
            return busy == 0
        } catch {
            return false
        }
    }
}
