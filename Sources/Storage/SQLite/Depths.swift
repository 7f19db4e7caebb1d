/// How many items each queue holds, and how many of them wait for another of their group: kept in mind, and written down
/// once a group, so that nobody ever counts a million rows.
final class Depths {
    private struct Count {
        var depth: Int
        var blocked: Int
    }

    private struct Change {
        let queue: Int64
        let depth: Int
        let blocked: Int
    }

    private static let most = 20_000
    private let load: Prepared
    private let store: Prepared
    private var known: [Int64: Count] = [:]
    private var unsaved: Set<Int64> = []
    private var batch: [Change] = []

    init(_ connection: Connection) throws {
        load = try connection.prepare("SELECT depth, blocked FROM queue WHERE number = ?")
        store = try connection.prepare("UPDATE queue SET depth = ?2, blocked = ?3 WHERE number = ?1")
    }

    /// The items of a queue.
    func depth(of queue: Int64) throws(SQLiteFailure) -> Int { try count(of: queue).depth }

    /// Items came or went, or some of them began or ceased to wait for another.
    func change(_ queue: Int64, by depth: Int, blocked: Int = 0) throws(SQLiteFailure) {
        _ = try count(of: queue)
        let change = Change(queue: queue, depth: depth, blocked: blocked)
        apply(change, times: 1)
        batch.append(change)
    }

    /// All items are gone; a queue that gets this number later begins with none.
    func empty(_ queue: Int64) throws(SQLiteFailure) {
        let count = try count(of: queue)
        try change(queue, by: -count.depth, blocked: -count.blocked)
    }

    /// The batch is applied.
    func keep() { batch.removeAll(keepingCapacity: true) }

    /// The batch is undone, and what it changed with it.
    func undo() {
        for change in batch { apply(change, times: -1) }
        keep()
    }

    /// Writes down what has changed, inside the open transaction.
    func save() throws(SQLiteFailure) {
        for queue in unsaved {
            guard let count = known[queue] else { continue }
            try store.run(.integer(queue), .integer(Int64(count.depth)), .integer(Int64(count.blocked)))
        }
        unsaved.removeAll(keepingCapacity: true)
        if known.count > Self.most { known = [:] }
    }

    /// The group is undone.
    func forgetAll() {
        known = [:]
        unsaved = []
        keep()
    }

    private func count(of queue: Int64) throws(SQLiteFailure) -> Count {
        if let count = known[queue] { return count }
        let count =
            try load.first(.integer(queue)) { Count(depth: Int($0.integer(0)), blocked: Int($0.integer(1))) }
            ?? Count(depth: 0, blocked: 0)
        known[queue] = count
        return count
    }

    private func apply(_ change: Change, times sign: Int) {
        known[change.queue]?.depth += sign * change.depth
        known[change.queue]?.blocked += sign * change.blocked
        unsaved.insert(change.queue)
    }
}
