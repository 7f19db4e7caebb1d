import Core

/// The statements that decide who gets which item; tests replace them by wrong ones.
enum QueueSQL {
    /// Whether a group has an item already: then a new one waits.
    static let occupied = "SELECT 1 FROM item WHERE queue = ? AND member = ? LIMIT 1"
    /// The next item of a group whose first one is gone may be claimed when it is due.
    static let promote = """
        UPDATE item SET visible = due WHERE number =
            (SELECT min(number) FROM item WHERE queue = ? AND member = ?)
        RETURNING 1
        """
    /// The leased item, if this is its last lease.
    static let held = "SELECT member, attempts FROM item WHERE number = ? AND queue = ? AND token = ?"
    /// Gives an item back, with so many attempts less.
    static let giveBack = "UPDATE item SET visible = ?2, token = NULL, attempts = attempts - ?3 WHERE number = ?1"
    /// What a process that is gone had in hand may be claimed again; found through an index, without the bodies.
    static let giveBackAll = """
        UPDATE item SET visible = min(visible, ?1), token = NULL WHERE number IN
            (SELECT number FROM item INDEXED BY item_ready WHERE token IS NOT NULL)
        """
    static let extend = "UPDATE item SET visible = ?2 WHERE number = ?1"
    /// The highest priority below one: so that each priority costs one look, however many items wait.
    static let nextPriority = "SELECT max(priority) FROM item WHERE queue = ? AND priority < ?"
    static let ready = "SELECT 1 FROM item WHERE queue = ? AND priority = ? AND visible <= ? LIMIT 1"
    /// What waits for its time, in somebody's hands or in nobody's; a range of an index, however many are ready.
    static let notDue = """
        SELECT count(token), count(*), min(visible) FROM item INDEXED BY item_ready
        WHERE queue = ? AND priority = ? AND visible > ?
        """
    /// When the item next in line was enqueued.
    static let nextInLine = """
        SELECT enqueued FROM item INDEXED BY item_ready
        WHERE queue = ? AND priority = ? AND visible IS NOT NULL ORDER BY visible, number LIMIT 1
        """
    /// An item, whoever has it: whether it waits for another of its group, and its group.
    static let any = "SELECT visible IS NULL, member FROM item WHERE number = ? AND queue = ?"
    /// When the first item of a priority may be claimed.
    static let first = "SELECT min(visible) FROM item WHERE queue = ? AND priority = ? AND visible IS NOT NULL"
    /// What a `QueueItem` is made of.
    private static let columns =
        "number, attempts, enqueued, member, priority, death_queue, death_reason, death_attempts, death_at, body, claimed"
    static let due = """
        SELECT \(columns) FROM item
        WHERE queue = ? AND priority = ? AND visible <= ? ORDER BY visible, number LIMIT ?
        """
    /// One item, if it may be claimed before its time.
    static let one = """
        SELECT \(columns) FROM item
        WHERE number = ? AND queue = ? AND visible IS NOT NULL AND (token IS NULL OR visible <= ?)
        """
    /// Items in the order of their arrival; sorts numbers alone.
    static let list = """
        SELECT \(columns) FROM item WHERE number IN
            (SELECT number FROM item INDEXED BY item_ready WHERE queue = ? AND number > ? ORDER BY number LIMIT ?)
        ORDER BY number
        """
    static let take = """
        UPDATE item SET visible = ?2, token = ?3, worker = ?4, claimed = ?5, attempts = attempts + 1 WHERE number = ?1
        """
}

extension Columns {
    /// The item that the columns of `QueueSQL` hold.
    var item: QueueItem {
        var death: Claimed.Death?
        if let source = optionalText(5) {
            death = Claimed.Death(
                queue: QueueID(source), reason: text(6), attempts: Int(integer(7)),
                at: Instant(milliseconds: integer(8)))
        }
        return QueueItem(
            id: ItemID(integer(0)), body: bytes(9), attempts: Int(integer(1)),
            enqueued: Instant(milliseconds: integer(2)),
            firstClaimed: optionalInteger(10).map { Instant(milliseconds: $0) }, group: optionalText(3),
            priority: Int16(truncatingIfNeeded: integer(4)), death: death)
    }
}
