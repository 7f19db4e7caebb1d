import GRDBSQLite
import Glibc

/// What SQLite does by itself: one thread, prepared statements, so many inserts to a transaction, the same settings and
/// the same table as the store, and no callers to answer.
enum RawCommits {
    private static let schema = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384;
        CREATE TABLE item (
            number INTEGER PRIMARY KEY, queue INTEGER NOT NULL, priority INTEGER NOT NULL, visible INTEGER, token INTEGER,
            due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, enqueued INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX item_ready ON item (queue, priority, visible, number, token);
        """

    /// Inserts for a while; gives the inserts of a second.
    static func rate(path: String, group: Int, body: [UInt8], seconds: Double) -> Double {
        var database: OpaquePointer?
        // SAFETY: plain use of the C interface on one thread; all is finalized below.
        guard unsafe sqlite3_open(path, &database) == SQLITE_OK,
            unsafe sqlite3_exec(database, schema, nil, nil, nil) == SQLITE_OK
        else { fatalError("SQLite does not open \(path)") }
        var insert: OpaquePointer?
        let sql =
            "INSERT INTO item (number, queue, priority, visible, due, enqueued, body) VALUES (?, 1, 0, ?, ?, ?, ?)"
        unsafe sqlite3_prepare_v2(database, sql, -1, &insert, nil)
        defer {
            unsafe sqlite3_finalize(insert)
            unsafe sqlite3_close(database)
        }
        let clock = ContinuousClock()
        let start = clock.now
        var number: Int64 = 0
        let end = start + .seconds(seconds)
        while clock.now < end {
            unsafe sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil)
            for _ in 0..<group {
                number += 1
                unsafe sqlite3_bind_int64(insert, 1, number)
                for column: Int32 in 2...4 {
                    unsafe sqlite3_bind_int64(insert, column, 1_720_000_000_000 + number / 40)
                }
                unsafe body.withUnsafeBytes {
                    _ = unsafe sqlite3_bind_blob(insert, 5, $0.baseAddress, Int32($0.count), nil)
                    guard unsafe sqlite3_step(insert) == SQLITE_DONE else { fatalError("insert failed") }
                }
                unsafe sqlite3_reset(insert)
            }
            guard unsafe sqlite3_exec(database, "COMMIT", nil, nil, nil) == SQLITE_OK else {
                fatalError("commit failed")
            }
        }
        return Double(number) / ((clock.now - start) / .seconds(1))
    }
}
