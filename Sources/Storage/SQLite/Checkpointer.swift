import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database on a connection and a thread of its own, so that writing goes on.
///
/// While the writer writes, a little is always left in the log. So when most of it was moved the writer moves the rest
/// itself, and then the log begins anew. What is moved here is synchronized here too: SQLite leaves that to who moves the
/// rest, and the writer would stand still meanwhile.
final class Checkpointer: Sendable {
    private enum State { case idle, moving, moved }

    static let sql = "PRAGMA wal_checkpoint(PASSIVE)"

    /// How long the log may be before it is moved.
    let logPages: Int32
    private let connection: DatabaseQueue
    private let thread = DispatchQueue(label: "store.checkpoint")
    private let state = Mutex(State.idle)

    /// Opens a connection to a database that is open already.
    init(path: String, logPages: Int) throws {
        self.logPages = Int32(clamping: logPages)
        var configuration = Configuration()
        configuration.label = "store.checkpoint"
        configuration.busyMode = .immediateError
        connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { try Durability.set(on: $0) }
    }

    /// Begins to move what the log holds; false if it is being moved.
    func begin() -> Bool {
        let isIdle = state.withLock { state in
            defer { if state == .idle { state = .moving } }
            return state == .idle
        }
        guard isIdle else { return false }
        thread.async { [self] in
            // What could not be moved stays in the log, as LogKeeper says.
            try? connection.inDatabase { database in
                try database.execute(sql: Self.sql)
                Self.synchronize(database)
            }
            state.withLock { $0 = .moved }
        }
        return true
    }

    /// Writes the database's file to the disk; a failure is told to the writer when it does the same.
    private static func synchronize(_ database: Database) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        // SAFETY: SQLite puts the address of the file there, which is open for as long as the connection.
        unsafe sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard let file = unsafe file, let synchronize = unsafe file.pointee.pMethods?.pointee.xSync else { return }
        // SAFETY: as above.
        _ = unsafe synchronize(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
    }

    /// Whether a move has ended since this was asked last.
    func hasMoved() -> Bool {
        state.withLock { state in
            defer { if state == .moved { state = .idle } }
            return state == .moved
        }
    }

    /// Waits for the end of a move, and closes the connection.
    func close() {
        thread.sync {}
        // It holds nothing that could be lost.
        try? connection.close()
    }
}
