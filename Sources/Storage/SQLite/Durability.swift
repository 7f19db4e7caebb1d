import GRDB

/// The settings on which durability and erasure rest; GRDB sets `synchronous` back to NORMAL when it opens a pool.
package enum Durability {
    /// Pages of the log that are written before they are moved into the database.
    package static let checkpointPages = 4000
    /// How long a statement waits for others.
    static let busyMilliseconds = 5000

    /// Makes the settings and looks whether they took.
    static func set(on database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA wal_autocheckpoint = \(checkpointPages);
                PRAGMA journal_size_limit = 67108864;
                PRAGMA cache_size = -16384;
                """)
        try demand("synchronous", "2", of: database)
        try demand("secure_delete", "1", of: database)
        try demand("journal_mode", "wal", of: database)
    }

    /// Refuses a setting with another value.
    static func demand(_ name: String, _ wanted: String, of database: Database) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA \(name)") ?? ""
        guard found == wanted else { throw StoreOpenError.setting(name: name, found: found) }
    }
}
