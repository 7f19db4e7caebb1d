import Core

/// Appends to logs and trims them.
///
/// Trimming moves the log's beginning at once; the entries themselves go later, a few at a time, by the `Sweeper`.
struct LogWriter {
    private let names: Names
    private let sweeper: Sweeper
    private let bounds: Prepared
    private let insert: Prepared
    private let advance: Prepared
    private let cut: Prepared
    private let drop: Prepared

    init(_ connection: Connection, names: Names, sweeper: Sweeper) throws {
        self.names = names
        self.sweeper = sweeper
        bounds = try connection.prepare("SELECT first, end FROM log WHERE number = ?")
        insert = try connection.prepare("INSERT INTO entry (log, sequence, at, value) VALUES (?, ?, ?, ?)")
        advance = try connection.prepare("UPDATE log SET end = ?2 WHERE number = ?1")
        cut = try connection.prepare("UPDATE log SET first = ?2 WHERE number = ?1")
        drop = try connection.prepare("DELETE FROM log WHERE number = ?")
    }

    /// Appends entries, if the next sequence is the expected one; gives their sequences.
    func append(
        _ values: [[UInt8]], to log: LogID, expectNext: Int64?, in partition: Partition, at now: Instant
    ) throws(SQLiteFailure) -> Range<Int64>? {
        let found = try names.find(log.text, in: partition)
        let start = try found.map(end) ?? 0
        guard expectNext == nil || expectNext == start else { return nil }
        guard !values.isEmpty else { return start..<start }
        let number = try names.make(log.text, in: partition)
        var sequence = start
        for value in values {
            try insert.run(.integer(number), .integer(sequence), .integer(now.milliseconds), .blob(value))
            sequence += 1
        }
        try advance.run(.integer(number), .integer(sequence))
        return start..<sequence
    }

    /// Forgets the entries below a sequence.
    func trim(_ log: LogID, before: Int64, in partition: Partition) throws(SQLiteFailure) {
        guard let number = try names.find(log.text, in: partition) else { return }
        let bounds = try bounds.first(.integer(number)) { (first: $0.integer(0), end: $0.integer(1)) }
        guard let bounds else { return }
        let first = min(bounds.end, max(bounds.first, before))
        guard first > bounds.first else { return }
        try cut.run(.integer(number), .integer(first))
        try sweeper.sweep(log: number, before: first)
    }

    /// Forgets the log.
    func drop(_ log: LogID, in partition: Partition) throws(SQLiteFailure) {
        guard let number = try names.find(log.text, in: partition) else { return }
        try drop.run(.integer(number))
        try sweeper.sweep(log: number, before: .max)
        names.forget(log.text, in: partition)
    }

    private func end(of number: Int64) throws(SQLiteFailure) -> Int64 {
        try bounds.first(.integer(number)) { $0.integer(1) } ?? 0
    }
}
