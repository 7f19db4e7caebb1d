/// How many items each queue holds, and how many of them wait for another of their group: kept in mind, and written down
/// once a group, so that nobody ever counts a million rows.
final class Depths {
    private final class Count {
        let queue: Int64
        var depth: Int
        var blocked: Int
        var isUnsaved = false

        init(queue: Int64, depth: Int, blocked: Int) {
            self.queue = queue
            self.depth = depth
            self.blocked = blocked
        }
    }

    private struct Change {
        let count: Count
        let depth: Int
        let blocked: Int
    }

    private static let most = 20_000
    private let load: Prepared
    private let store: Prepared
    private var known: [Int64: Count] = [:]
    /// The one asked for last: most of a group goes to one queue.
    private var last: Count?
    private var unsaved: [Count] = []
    private var batch: [Change] = []

    init(_ connection: Connection) throws {
        load = try connection.prepare("SELECT depth, blocked FROM queue WHERE number = ?")
        store = try connection.prepare("UPDATE queue SET depth = ?2, blocked = ?3 WHERE number = ?1")
    }

    /// The items of a queue.
    func depth(of queue: Int64) throws(SQLiteFailure) -> Int { try count(of: queue).depth }

    /// Items came or went, or some of them began or ceased to wait for another.
    func change(_ queue: Int64, by depth: Int, blocked: Int = 0) throws(SQLiteFailure) {
        let change = Change(count: try count(of: queue), depth: depth, blocked: blocked)
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
        for count in unsaved {
            try store.run(.integer(count.queue), .integer(Int64(count.depth)), .integer(Int64(count.blocked)))
            count.isUnsaved = false
        }
        unsaved.removeAll(keepingCapacity: true)
        if known.count > Self.most { forget() }
    }

    /// The group is undone.
    func forgetAll() {
        forget()
        unsaved = []
        keep()
    }

    private func forget() {
        known = [:]
        last = nil
    }

    private func count(of queue: Int64) throws(SQLiteFailure) -> Count {
        if let last, last.queue == queue { return last }
        let count: Count
        if let known = known[queue] {
            count = known
        } else {
            count = try loaded(queue)
            known[queue] = count
        }
        last = count
        return count
    }

    private func loaded(_ queue: Int64) throws(SQLiteFailure) -> Count {
        try load.first(.integer(queue)) {
            Count(queue: queue, depth: Int($0.integer(0)), blocked: Int($0.integer(1)))
        } ?? Count(queue: queue, depth: 0, blocked: 0)
    }

    private func apply(_ change: Change, times sign: Int) {
        let count = change.count
        count.depth += sign * change.depth
        count.blocked += sign * change.blocked
        guard !count.isUnsaved else { return }
        count.isUnsaved = true
        unsaved.append(count)
    }
}
