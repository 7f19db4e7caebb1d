/// Writes records and the index entries they declare.
struct RecordWriter {
    private struct Row {
        let number: Int64
        let version: Int64
        let indexed: [UInt8]
    }

    private let find: Prepared
    private let insert: Prepared
    private let update: Prepared
    private let delete: Prepared
    private let index: Prepared
    private let unindex: Prepared
    private let floor: Prepared
    private let raiseFloor: Prepared

    init(_ connection: Connection) throws {
        find = try connection.prepare(
            "SELECT number, version, indexed FROM record WHERE partition = ? AND kind = ? AND id = ?")
        insert = try connection.prepare(
            "INSERT INTO record (partition, kind, id, version, indexed, value) VALUES (?, ?, ?, ?, ?, ?)")
        update = try connection.prepare("UPDATE record SET version = ?2, indexed = ?3, value = ?4 WHERE number = ?1")
        delete = try connection.prepare("DELETE FROM record WHERE number = ?")
        index = try connection.prepare(
            "INSERT OR IGNORE INTO record_index (partition, kind, id, name, value) VALUES (?, ?, ?, ?, ?)")
        unindex = try connection.prepare(
            "DELETE FROM record_index WHERE partition = ? AND kind = ? AND id = ? AND name = ? AND value = ?")
        floor = try connection.prepare("SELECT version FROM version_floor WHERE partition = ?")
        raiseFloor = try connection.prepare(
            """
            INSERT INTO version_floor (partition, version) VALUES (?, ?)
            ON CONFLICT (partition) DO UPDATE SET version = max(version, excluded.version)
            """)
    }

    /// Writes a record, if it is as expected; gives the new version.
    func put(
        _ key: RecordKey, value: [UInt8], index values: [IndexValue], expect: Expect, in partition: Partition
    ) throws(SQLiteFailure) -> Int64? {
        let old = try row(key, in: partition)
        guard expect.holds(for: old?.version) else { return nil }
        let indexed = IndexCoding.encode(values)
        let place = partition.number
        guard let old else {
            let version = (try floor.first(place) { $0.integer(0) } ?? 0) + 1
            try insert.run(place, .text(key.kind), .text(key.id), .integer(version), .blob(indexed), .blob(value))
            try write(values, of: key, in: place, with: index)
            return version
        }
        try update.run(.integer(old.number), .integer(old.version + 1), .blob(indexed), .blob(value))
        if old.indexed != indexed {
            try write(IndexCoding.decode(old.indexed), of: key, in: place, with: unindex)
            try write(values, of: key, in: place, with: index)
        }
        return old.version + 1
    }

    /// Deletes a record, if it is as expected.
    func delete(_ key: RecordKey, expect: Expect, in partition: Partition) throws(SQLiteFailure) -> Bool {
        let old = try row(key, in: partition)
        guard expect.holds(for: old?.version) else { return false }
        guard let old else { return true }
        let place = partition.number
        try delete.run(.integer(old.number))
        try write(IndexCoding.decode(old.indexed), of: key, in: place, with: unindex)
        try raiseFloor.run(place, .integer(old.version))
        return true
    }

    private func row(_ key: RecordKey, in partition: Partition) throws(SQLiteFailure) -> Row? {
        try find.first(partition.number, .text(key.kind), .text(key.id)) {
            Row(number: $0.integer(0), version: $0.integer(1), indexed: $0.bytes(2))
        }
    }

    private func write(
        _ values: [IndexValue], of key: RecordKey, in place: SQLValue, with statement: Prepared
    ) throws(SQLiteFailure) {
        for value in values {
            try statement.run(place, .text(key.kind), .text(key.id), .text(value.name), .text(value.value))
        }
    }
}
