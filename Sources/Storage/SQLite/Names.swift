import GRDBSQLite

/// Gives queues and logs short numbers, and remembers them.
///
/// Only ASCII names are remembered: of others, two that differ in the database may be equal in Swift.
final class Names {
    private struct Key: Hashable {
        let partition: Partition
        let name: String
    }

    private static let most = 20_000
    private let find: Prepared
    private let insert: Prepared
    private var known: [Key: Int64] = [:]
    /// The one asked for last: most of a group goes to one queue.
    private var last: (key: Key, number: Int64)?
    private var new: [Key] = []

    /// Numbers the names of a table.
    init(table: String, _ connection: Connection) throws {
        find = try connection.prepare("SELECT number FROM \(table) WHERE partition = ? AND name = ?")
        insert = try connection.prepare("INSERT INTO \(table) (partition, name) VALUES (?, ?) RETURNING number")
    }

    /// The number of a name, if it has one.
    func find(_ name: String, in partition: Partition) throws(SQLiteFailure) -> Int64? {
        if name.isASCII {
            if let last, last.key.name == name, last.key.partition == partition { return last.number }
            let key = Key(partition: partition, name: name)
            if let number = known[key] {
                last = (key, number)
                return number
            }
        }
        guard let number = try find.first(partition.number, .text(name), read: { $0.integer(0) }) else { return nil }
        remember(name, number, in: partition)
        return number
    }

    /// The number of a name, which gets one if it has none.
    func make(_ name: String, in partition: Partition) throws(SQLiteFailure) -> Int64 {
        if let number = try find(name, in: partition) { return number }
        guard let number = try insert.first(partition.number, .text(name), read: { $0.integer(0) }) else {
            throw SQLiteFailure(code: SQLITE_INTERNAL, message: "a name got no number")
        }
        new.append(Key(partition: partition, name: name))
        remember(name, number, in: partition)
        return number
    }

    /// Forgets a name that was taken out of the table.
    func forget(_ name: String, in partition: Partition) {
        known[Key(partition: partition, name: name)] = nil
        last = nil
    }

    /// The batch is applied: its new names stay.
    func keep() { if !new.isEmpty { new = [] } }

    /// The batch is undone: so are its new names, and forgotten ones are looked up again anyway.
    func undo() {
        for key in new { known[key] = nil }
        if !new.isEmpty { last = nil }
        new = []
    }

    /// The group is undone.
    func forgetAll() {
        known = [:]
        last = nil
        new = []
    }

    private func remember(_ name: String, _ number: Int64, in partition: Partition) {
        guard name.isASCII else { return }
        if known.count >= Self.most { known = [:] }
        known[Key(partition: partition, name: name)] = number
    }
}

extension String {
    fileprivate var isASCII: Bool {
        let bytes = utf8Span.span
        for index in bytes.indices where bytes[index] >= 0x80 { return false }
        return true
    }
}
