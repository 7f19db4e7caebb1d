/// The records of one partition: the specification.
struct RecordModel {
    private struct Key: Hashable {
        let kind: [UInt8]
        let id: [UInt8]

        init(_ key: RecordKey) {
            kind = Array(key.kind.utf8)
            id = Array(key.id.utf8)
        }
    }

    private var records: [Key: Record] = [:]
    var isEmpty: Bool { records.isEmpty }
    /// The highest version that a deleted record had.
    private var floor: Int64 = 0

    subscript(_ key: RecordKey) -> Record? { records[Key(key)] }

    /// Writes a record, if it is as expected; gives the new version.
    mutating func put(_ record: Record, expect: Expect) -> Int64? {
        let key = Key(record.key)
        guard expect.holds(for: records[key]?.version) else { return nil }
        var record = record
        record.version = (records[key]?.version ?? floor) + 1
        records[key] = record
        return record.version
    }

    /// Deletes a record, if it is as expected.
    mutating func delete(_ key: RecordKey, expect: Expect) -> Bool {
        let key = Key(key)
        guard expect.holds(for: records[key]?.version) else { return false }
        if let old = records.removeValue(forKey: key) { floor = max(floor, old.version) }
        return true
    }

    /// A page of records, each with the place where it was found.
    func scan(_ query: RecordQuery, after: Cursor?, limit: Int, limits: StoreLimits) -> Page {
        let after = query.place(of: after)
        var found: [(place: Cursor, record: Record)] = []
        for record in records.values {
            for place in query.places(of: record) where after.map({ $0.precedes(place) }) ?? true {
                found.append((place, record))
            }
        }
        found.sort { $0.place.precedes($1.place) }
        var page = Page(records: [], next: nil)
        var bytes = 0
        for (count, hit) in found.enumerated() {
            if count >= min(max(0, limit), limits.answerItems) || bytes >= limits.answerBytes {
                page.next = count == 0 ? nil : found[count - 1].place
                break
            }
            page.records.append(hit.record)
            bytes += hit.record.value.count
        }
        return page
    }
}

extension Expect {
    /// Whether a record of this version, or none, is as expected.
    func holds(for version: Int64?) -> Bool {
        switch self {
        case .any: true
        case .absent: version == nil
        case .version(let expected): version == expected
        }
    }
}

extension RecordQuery {
    /// The place a cursor means: in a scan by id, only its id counts.
    fileprivate func place(of cursor: Cursor?) -> Cursor? {
        if case .kind = self { return cursor.map { Cursor(id: $0.id) } }
        return cursor
    }

    /// Where a scan finds the record; nowhere, if it is not meant.
    fileprivate func places(of record: Record) -> Set<Cursor> {
        switch self {
        case .kind(let kind, let prefix):
            let meant = record.key.kind.sameBytes(as: kind) && record.key.id.utf8.starts(with: prefix.utf8)
            return meant ? [Cursor(id: record.key.id)] : []
        case .index(let kind, let name, let match):
            guard record.key.kind.sameBytes(as: kind) else { return [] }
            let values = record.index.filter { $0.name.sameBytes(as: name) && match.meets($0.value) }
            return Set(values.map { Cursor(value: $0.value, id: record.key.id) })
        }
    }
}

extension IndexMatch {
    fileprivate func meets(_ value: String) -> Bool {
        switch self {
        case .equals(let wanted): value.sameBytes(as: wanted)
        case .prefix(let prefix): value.utf8.starts(with: prefix.utf8)
        case .range(let from, let below):
            !value.utf8.lexicographicallyPrecedes(from.utf8)
                && (below.map { value.utf8.lexicographicallyPrecedes($0.utf8) } ?? true)
        }
    }
}

extension Cursor {
    fileprivate func precedes(_ other: Cursor) -> Bool {
        if !value.sameBytes(as: other.value) { return value.utf8.lexicographicallyPrecedes(other.value.utf8) }
        return id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }
}

extension String {
    /// Compares bytes: two spellings of one letter are two texts to the store.
    fileprivate func sameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
