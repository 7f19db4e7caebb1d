import GRDB

/// Answers scans: every query is one range of an index, from a lower bound up to, but without, an upper one.
struct Scanner {
    private static let byID = """
        SELECT id, version, indexed, value, '' FROM record
        WHERE partition = ? AND kind = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?
        """
    private static let byValue = """
        SELECT record.id, record.version, record.indexed, record.value, entry.value
        FROM record_index AS entry CROSS JOIN record USING (partition, kind, id)
        WHERE entry.partition = ? AND entry.kind = ? AND entry.name = ?
            AND (entry.value, entry.id) >= (?, ?) AND entry.value < ?
        ORDER BY entry.value, entry.id LIMIT ?
        """

    private struct Hit {
        let record: Record
        let place: Cursor
    }

    private let database: Database
    private let limits: StoreLimits

    init(_ database: Database, limits: StoreLimits) {
        self.database = database
        self.limits = limits
    }

    /// A page of records.
    func scan(_ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int) throws -> Page {
        let most = min(max(0, limit), limits.answerItems)
        // One more than asked for tells whether there is a next page.
        let hits = try hits(partition, query, after: after, limit: most + 1)
        var page = Page(records: [], next: nil)
        var bytes = 0
        for (count, hit) in hits.enumerated() {
            if count >= most || bytes >= limits.answerBytes {
                page.next = count == 0 ? nil : hits[count - 1].place
                break
            }
            page.records.append(hit.record)
            bytes += hit.record.value.count
        }
        return page
    }

    private func hits(_ partition: Partition, _ query: RecordQuery, after: Cursor?, limit: Int) throws -> [Hit] {
        var bytes = 0
        func hit(_ row: Columns, _ kind: String) -> Hit? {
            guard bytes <= 2 * limits.answerBytes else { return nil }
            let record = Record(
                key: RecordKey(kind: kind, id: row.text(0)), value: row.bytes(3), version: row.integer(1),
                index: IndexCoding.decode(row.bytes(2)))
            bytes += record.value.count
            return Hit(record: record, place: Cursor(value: row.text(4), id: record.key.id))
        }
        switch query {
        case .kind(let kind, let prefix):
            let lower = [Array(prefix.utf8), after.map { $0.id.successor } ?? []].max {
                $0.lexicographicallyPrecedes($1)
            }
            return try prepare(Self.byID).all(
                partition.number, .text(kind), .bytesOfText(lower ?? []), prefix.endOfPrefix, .integer(Int64(limit))
            ) { hit($0, kind) }
        case .index(let kind, let name, let match):
            var (value, id, upper) = (Array(match.lower.utf8), [UInt8](), match.upper)
            if let after, !after.value.utf8.lexicographicallyPrecedes(value) {
                (value, id) = (Array(after.value.utf8), after.id.successor)
            }
            return try prepare(Self.byValue).all(
                partition.number, .text(kind), .text(name), .bytesOfText(value), .bytesOfText(id), upper,
                .integer(Int64(limit))
            ) { hit($0, kind) }
        }
    }

    private func prepare(_ sql: String) throws -> Prepared { Prepared(try database.cachedStatement(sql: sql)) }
}

extension IndexMatch {
    fileprivate var lower: String {
        switch self {
        case .equals(let value), .prefix(let value), .range(let value, _): value
        }
    }

    fileprivate var upper: SQLValue {
        switch self {
        case .equals(let value): .bytesOfText(value.successor)
        case .prefix(let prefix): prefix.endOfPrefix
        case .range(_, let below): below.map { .text($0) } ?? .blob([])
        }
    }
}

extension String {
    /// The first text behind this one in byte order.
    fileprivate var successor: [UInt8] { Array(utf8) + [0] }

    /// The first text that no longer begins with this one; behind all text there is the empty blob.
    var endOfPrefix: SQLValue {
        guard let last = utf8.last else { return .blob([]) }
        return .bytesOfText(utf8.dropLast() + [last + 1])
    }
}
