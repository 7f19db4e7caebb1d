import Core

/// Deletes, a few rows at a time, what nobody can see any more: trimmed entries, items of dropped queues, old commit ids and
/// deduplication texts.
final class Sweeper {
    private static let most: Int64 = 1000
    private static let pause: Int64 = 1000

    /// Takes a queue away from its partition; its number stays taken until its rows are gone.
    static let dropQueueSQL = "UPDATE queue SET partition = -1, name = number WHERE number = ?"

    private let dropped: Prepared
    private let deleteItems: Prepared
    private let deleteSeen: Prepared
    private let deleteQueue: Prepared
    private let remember: Prepared
    private let oldest: Prepared
    private let deleteEntries: Prepared
    private let forget: Prepared
    private let pruneCommits: Prepared
    private let pruneSeen: Prepared
    private let changes: Prepared
    private var nextPrune = Instant(milliseconds: 0)
    /// Whether some rows are left for the next time.
    private(set) var hasWork = true

    init(_ connection: Connection) throws {
        remember = try connection.prepare(
            """
            INSERT INTO trimmed (log, before) VALUES (?, ?)
            ON CONFLICT (log) DO UPDATE SET before = max(before, excluded.before)
            """)
        oldest = try connection.prepare("SELECT log, before FROM trimmed ORDER BY log LIMIT 1")
        deleteEntries = try connection.prepare(
            """
            DELETE FROM entry WHERE rowid IN
                (SELECT rowid FROM entry WHERE log = ? AND sequence < ? ORDER BY sequence LIMIT ?)
            """)
        forget = try connection.prepare("DELETE FROM trimmed WHERE log = ?")
        pruneCommits = try connection.prepare(
            """
            DELETE FROM applied WHERE (partition, id) IN
                (SELECT partition, id FROM applied WHERE until <= ? ORDER BY until LIMIT ?)
            """)
        pruneSeen = try connection.prepare(
            """
            DELETE FROM seen WHERE (queue, text) IN
                (SELECT queue, text FROM seen WHERE until <= ? ORDER BY until LIMIT ?)
            """)
        dropped = try connection.prepare("SELECT number FROM queue WHERE partition = -1 LIMIT 1")
        deleteItems = try connection.prepare(
            """
            DELETE FROM item WHERE number IN
                (SELECT number FROM item INDEXED BY item_ready WHERE queue = ? LIMIT ?)
            """)
        deleteSeen = try connection.prepare(
            "DELETE FROM seen WHERE queue = ?1 AND text IN (SELECT text FROM seen WHERE queue = ?1 LIMIT ?2)")
        deleteQueue = try connection.prepare("DELETE FROM queue WHERE number = ?")
        changes = try connection.prepare("SELECT changes()")
    }

    /// Notes that the entries of a log below a sequence may go.
    func sweep(log: Int64, before: Int64) throws(SQLiteFailure) {
        try remember.run(.integer(log), .integer(before))
        hasWork = true
    }

    /// Notes that the items of a dropped queue may go.
    func sweepQueues() { hasWork = true }

    /// Does a bounded piece of the work, inside the open transaction.
    func run(at now: Instant) throws(SQLiteFailure) {
        if now >= nextPrune {
            let commits = try delete(with: pruneCommits, .integer(now.milliseconds), .integer(Self.most))
            let seen = try delete(with: pruneSeen, .integer(now.milliseconds), .integer(Self.most))
            if max(commits, seen) < Self.most { nextPrune = now.advanced(milliseconds: Self.pause) }
        }
        guard hasWork else { return }
        guard let (log, before) = try oldest.first(read: { ($0.integer(0), $0.integer(1)) }) else {
            hasWork = try sweepQueue()
            return
        }
        let count = try delete(with: deleteEntries, .integer(log), .integer(before), .integer(Self.most))
        if count < Self.most { try forget.run(.integer(log)) }
    }

    /// Does a bounded piece of the work on a dropped queue; false if there is none.
    private func sweepQueue() throws(SQLiteFailure) -> Bool {
        guard let queue = try dropped.first(read: { $0.integer(0) }) else { return false }
        let items = try delete(with: deleteItems, .integer(queue), .integer(Self.most))
        let seen = try delete(with: deleteSeen, .integer(queue), .integer(Self.most))
        if max(items, seen) < Self.most { try deleteQueue.run(.integer(queue)) }
        return true
    }

    private func delete(with statement: Prepared, _ values: SQLValue...) throws(SQLiteFailure) -> Int64 {
        try statement.run(values)
        return try changes.first { $0.integer(0) } ?? 0
    }
}
