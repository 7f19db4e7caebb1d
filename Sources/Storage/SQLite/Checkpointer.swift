import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database on a connection and a thread of its own, so that writing goes on.
///
/// While the writer writes, a little is always left in the log. So when most of it was moved the writer moves the rest
/// itself, and then the log begins anew. What is moved here is synchronized here too: SQLite leaves that to who moves the
/// rest, and the writer would stand still meanwhile.
///
/// A file that could not be synchronized may have lost what was written to it, and says so only once: whoever asks again is
/// told that all is well. So that ends the store, and the log, in which all of it still lies, must not begin anew.
final class Checkpointer: Sendable {
    private enum State {
        case idle, moving, moved
        case failed(SQLiteFailure)
    }

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
            guard case .idle = state else { return false }
            state = .moving
            return true
        }
        guard isIdle else { return false }
        thread.async { [self] in
            var end = State.moved
            do {
                try connection.inDatabase { database in
                    try database.execute(sql: Self.sql)
                    try Self.synchronize(database)
                }
            } catch {
                // What found no room, or was kept from it by somebody else, stays in the log.
                let failure = SQLiteFailure(error)
                if failure.meaning == .fatal { end = .failed(failure) }
            }
            state.withLock { [end] in $0 = end }
        }
        return true
    }

    /// Writes the database's file to the disk.
    private static func synchronize(_ database: Database) throws(SQLiteFailure) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        // SAFETY: SQLite puts the address of the file there, which is open for as long as the connection.
        unsafe sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard let file = unsafe file, let synchronize = unsafe file.pointee.pMethods?.pointee.xSync else { return }
        // SAFETY: as above.
        let code = unsafe synchronize(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
        guard code == SQLITE_OK else {
            throw SQLiteFailure(code: code, message: "the database's file was not synchronized")
        }
    }

    /// Whether a move has ended since this was asked last; one that failed has ended the store.
    func hasMoved() throws(SQLiteFailure) -> Bool {
        let found = state.withLock { state in
            defer { if case .moved = state { state = .idle } }
            return state
        }
        switch found {
        case .idle, .moving: return false
        case .moved: return true
        case .failed(let failure): throw failure
        }
    }

    /// Waits for the end of a move that has begun.
    func wait() { thread.sync {} }

    /// Waits for the end of a move, and closes the connection.
    func close() {
        wait()
        // It holds nothing that could be lost.
        try? connection.close()
    }
}
