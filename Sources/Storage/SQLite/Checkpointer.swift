import Dispatch
import GRDB
import Synchronization

/// Moves the write-ahead log into the database on a connection and a thread of its own, so that writing goes on.
///
/// While the writer writes, a little is always left in the log. So when most of it was moved the writer moves the rest
/// itself, and then the log begins anew.
final class Checkpointer: Sendable {
    private enum State { case idle, moving, moved }

    /// The second time takes what was written during the first.
    private static let rounds = 2
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

    /// Begins to move what the log holds, unless it is being moved.
    func begin() {
        let isIdle = state.withLock { state in
            defer { if state == .idle { state = .moving } }
            return state == .idle
        }
        guard isIdle else { return }
        thread.async { [self] in
            for _ in 0..<Self.rounds {
                // What could not be moved stays in the log, as LogKeeper says.
                try? connection.inDatabase { try $0.execute(sql: Self.sql) }
            }
            state.withLock { $0 = .moved }
        }
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
