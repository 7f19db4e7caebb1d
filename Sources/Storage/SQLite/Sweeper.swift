import Core

/// Deletes, a few rows at a time, what nobody can see any more: trimmed entries, old commit ids and deduplication texts.
final class Sweeper {
    private static let most: Int64 = 1000
    private static let pause: Int64 = 1000

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
        changes = try connection.prepare("SELECT changes()")
    }

    /// Notes that the entries of a log below a sequence may go.
    func sweep(log: Int64, before: Int64) throws(SQLiteFailure) {
        try remember.run(.integer(log), .integer(before))
        hasWork = true
    }

    /// Does a bounded piece of the work, inside the open transaction.
    func run(at now: Instant) throws(SQLiteFailure) {
        if now >= nextPrune {
            let commits = try delete(with: pruneCommits, .integer(now.milliseconds), .integer(Self.most))
            let seen = try delete(with: pruneSeen, .integer(now.milliseconds), .integer(Self.most))
            if max(commits, seen) < Self.most { nextPrune = now.advanced(milliseconds: Self.pause) }
        }
        guard hasWork else { return }
        guard let (log, before) = try oldest.first(read: { ($0.integer(0), $0.integer(1)) }) else {
            hasWork = false
            return
        }
        let count = try delete(with: deleteEntries, .integer(log), .integer(before), .integer(Self.most))
        if count < Self.most { try forget.run(.integer(log)) }
    }

    private func delete(with statement: Prepared, _ values: SQLValue...) throws(SQLiteFailure) -> Int64 {
        try statement.run(values)
        return try changes.first { $0.integer(0) } ?? 0
    }
}
