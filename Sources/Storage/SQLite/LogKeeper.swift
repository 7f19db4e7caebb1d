import GRDB
import GRDBSQLite

/// Keeps the write-ahead log short: has most of it moved beside the writer, and moves the rest.
///
/// It lives and dies on the writer's thread.
final class LogKeeper {
    /// Pages that the log holds.
    private final class Length { var pages: Int32 = 0 }

    /// A log that is so many times as long is moved here at once, because moving beside the writer does not keep up.
    private static let excess: Int32 = 8
    /// The log is moved in so many pieces: to move one takes about a millisecond, and the writer need not wait longer for the
    /// processor or the disk.
    private static let pieces: Int32 = 8

    private let checkpointer: Checkpointer
    private let checkpoint: Prepared
    private let length = Length()
    /// How long the log was when its last piece began to be moved.
    private var begun: Int32 = 0

    init(_ connection: Connection, _ checkpointer: Checkpointer) throws {
        self.checkpointer = checkpointer
        checkpoint = try connection.prepare(Checkpointer.sql)
        // SAFETY: the hook takes the place of SQLite's own checkpoints, and is called on this thread only, by commits of
        // this connection; the keeper holds what it is given for as long as the writer commits.
        unsafe sqlite3_wal_hook(
            connection.database.sqliteConnection,
            { context, _, _, pages in
                if let context = unsafe context {
                    unsafe Unmanaged<Length>.fromOpaque(context).takeUnretainedValue().pages = pages
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(length).toOpaque())
    }

    /// Looks at the log after a commit, outside of any transaction.
    ///
    /// What finds no room stays in the log, and so loses nothing. The log begins anew only after all that was moved is
    /// known to be on the disk: what fails there is an error, and ends the store.
    func run() throws(SQLiteFailure) {
        begun = min(begun, length.pages)
        let isExcessive = length.pages / Self.excess >= checkpointer.logPages
        if isExcessive { checkpointer.wait() }
        let hasMoved = try checkpointer.hasMoved()
        if isExcessive || hasMoved && length.pages >= checkpointer.logPages {
            length.pages = 0
            try checkpoint.run()
        } else if length.pages - begun >= checkpointer.logPages / Self.pieces, checkpointer.begin() {
            begun = length.pages
        }
    }
}
