/// How many items each queue holds: counted once, then kept in mind.
final class Depths {
    private static let most = 20_000
    private let count: Prepared
    private var known: [Int64: Int] = [:]
    private var touched: [Int64] = []

    init(_ connection: Connection) throws {
        count = try connection.prepare("SELECT count(*) FROM item WHERE queue = ?")
    }

    /// The items of a queue.
    func depth(of queue: Int64) throws(SQLiteFailure) -> Int {
        if let depth = known[queue] { return depth }
        let depth = Int(try count.first(.integer(queue)) { $0.integer(0) } ?? 0)
        if known.count >= Self.most { known = [:] }
        known[queue] = depth
        touched.append(queue)
        return depth
    }

    /// An item came or went.
    func change(_ queue: Int64, by difference: Int) {
        guard let depth = known[queue] else { return }
        known[queue] = depth + difference
        touched.append(queue)
    }

    /// The batch is applied.
    func keep() { touched.removeAll(keepingCapacity: true) }

    /// The batch is undone: what it changed is counted anew.
    func undo() {
        for queue in touched { known[queue] = nil }
        keep()
    }

    /// The group is undone.
    func forgetAll() {
        known = [:]
        keep()
    }
}
