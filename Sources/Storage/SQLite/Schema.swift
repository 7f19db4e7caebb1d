import Core
import GRDB

/// The tables, and the steps that led to them.
///
/// The version is `PRAGMA user_version`: the number of steps that were taken. Steps are only ever added.
enum Schema {
    /// Marks the file as ours: "Mrtl".
    static let applicationID: Int32 = 0x4d72_746c

    static let steps: [String] = [
        """
        CREATE TABLE record (
            number INTEGER PRIMARY KEY, partition INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
            version INTEGER NOT NULL, indexed BLOB, value BLOB NOT NULL);
        CREATE UNIQUE INDEX record_key ON record (partition, kind, id);
        CREATE TABLE record_index (
            partition INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
            PRIMARY KEY (partition, kind, name, value, id)) WITHOUT ROWID;
        CREATE TABLE version_floor (partition INTEGER PRIMARY KEY, version INTEGER NOT NULL);

        CREATE TABLE log (
            number INTEGER PRIMARY KEY AUTOINCREMENT, partition INTEGER NOT NULL, name TEXT NOT NULL,
            first INTEGER NOT NULL DEFAULT 0, end INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX log_name ON log (partition, name);
        CREATE TABLE entry (log INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, value BLOB NOT NULL);
        CREATE UNIQUE INDEX entry_place ON entry (log, sequence);
        CREATE TABLE trimmed (log INTEGER PRIMARY KEY, before INTEGER NOT NULL);

        CREATE TABLE queue (number INTEGER PRIMARY KEY, partition INTEGER NOT NULL, name TEXT NOT NULL);
        CREATE UNIQUE INDEX queue_name ON queue (partition, name);
        CREATE TABLE item (
            number INTEGER PRIMARY KEY, queue INTEGER NOT NULL, priority INTEGER NOT NULL, visible INTEGER,
            token INTEGER, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, enqueued INTEGER NOT NULL,
            member TEXT, worker TEXT,
            death_queue TEXT, death_reason TEXT, death_attempts INTEGER, death_at INTEGER, body BLOB NOT NULL);
        CREATE INDEX item_ready ON item (queue, priority, visible, number, token);
        CREATE INDEX item_member ON item (queue, member, number) WHERE member IS NOT NULL;
        CREATE TABLE item_counter (only INTEGER PRIMARY KEY CHECK (only = 0), next INTEGER NOT NULL);
        INSERT INTO item_counter VALUES (0, 1);
        CREATE TABLE seen (
            queue INTEGER NOT NULL, text TEXT NOT NULL, item INTEGER NOT NULL, until INTEGER NOT NULL,
            PRIMARY KEY (queue, text)) WITHOUT ROWID;
        CREATE INDEX seen_until ON seen (until);

        CREATE TABLE applied (
            partition INTEGER NOT NULL, id BLOB NOT NULL, until INTEGER NOT NULL,
            PRIMARY KEY (partition, id)) WITHOUT ROWID;
        CREATE INDEX applied_until ON applied (until);
        """,
        // Queues know how full they are, and items when they were claimed first.
        """
        ALTER TABLE queue ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE item ADD COLUMN claimed INTEGER;
        UPDATE queue SET depth = (SELECT count(*) FROM item WHERE item.queue = queue.number),
            blocked = (SELECT count(*) FROM item WHERE item.queue = queue.number AND visible IS NULL);
        """,
    ]

    /// Brings the tables up to date; refuses a file that is not ours or comes from a newer version.
    static func prepare(_ database: Database) throws {
        let owner = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard owner == applicationID || (owner == 0 && tables == 0) else { throw StoreOpenError.notOurs }
        guard version <= steps.count else { throw StoreOpenError.newerSchema(found: version, known: steps.count) }
        for (index, step) in steps.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                try database.execute(sql: step)
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }
}

extension Partition {
    /// The partition as one integer: twelve digits of account, then sixteen bits of bucket.
    var number: SQLValue { .integer((Int64(account.text) ?? 0) << 16 | Int64(bucket)) }

    /// Reads the integer back.
    init(number: Int64) throws(NameError) {
        let digits = String(number >> 16)
        self.init(
            account: try AccountID(String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits),
            bucket: UInt16(truncatingIfNeeded: number))
    }
}
