import Core

/// One queue: the specification.
struct QueueModel {
    /// How long a deduplication text is remembered.
    static let deduplicationWindow: Int64 = 5 * 60 * 1000

    /// An item and its state.
    struct Item {
        let id: ItemID
        let body: [UInt8]
        let group: [UInt8]?
        let groupName: String?
        let priority: Int16
        let enqueued: Instant
        let death: Claimed.Death?
        /// When it was first to be handed out.
        let due: Instant
        /// When it may be claimed; `nil` while another of its group is before it.
        var visible: Instant?
        var attempts = 0
        var firstClaimed: Instant?
        var token: Int64?

        var listed: QueueItem {
            QueueItem(
                id: id, body: body, attempts: attempts, enqueued: enqueued, firstClaimed: firstClaimed,
                group: groupName, priority: priority, death: death)
        }
    }

    private(set) var items: [Item] = []
    private var seen: [[UInt8]: (item: ItemID, until: Instant)] = [:]

    /// The item that came before with the same deduplication text.
    func original(of deduplication: String?, at now: Instant) -> ItemID? {
        guard let deduplication, let before = seen[Array(deduplication.utf8)], before.until > now else { return nil }
        return before.item
    }

    /// Puts an item at the end; in a group it waits for those before it.
    mutating func add(
        _ id: ItemID, body: [UInt8], due: Instant, group: String? = nil, deduplication: String? = nil,
        priority: Int16, enqueued: Instant, now: Instant, death: Claimed.Death? = nil
    ) {
        let key = group.map { Array($0.utf8) }
        let blocked = key != nil && items.contains { $0.group == key }
        items.append(
            Item(
                id: id, body: body, group: key, groupName: group, priority: priority, enqueued: enqueued, death: death,
                due: due, visible: blocked ? nil : due))
        if let deduplication {
            seen[Array(deduplication.utf8)] = (id, now.advanced(milliseconds: Self.deduplicationWindow))
        }
    }

    /// Takes leases on what is due.
    mutating func claim(
        _ queue: QueueID, max: Int, until: Instant, now: Instant, limits: StoreLimits, token: () -> Int64
    ) -> [Claimed] {
        let due = items.indices.filter { (items[$0].visible ?? until) <= now && items[$0].visible != nil }.sorted {
            let (left, right) = (items[$0], items[$1])
            if left.priority != right.priority { return left.priority > right.priority }
            return (left.visible ?? now, left.id) < (right.visible ?? now, right.id)
        }
        var claimed: [Claimed] = []
        var bytes = 0
        for index in due.prefix(min(Swift.max(0, max), limits.claimItems)) where bytes < limits.answerBytes {
            bytes += items[index].body.count
            claimed.append(take(index, of: queue, until: until, now: now, token: token()))
        }
        return claimed
    }

    /// Takes a lease on one item, due or not, unless it is in somebody's hands or waits for another of its group.
    mutating func claim(_ item: ItemID, of queue: QueueID, until: Instant, now: Instant, token: Int64) -> Claimed? {
        guard let index = items.firstIndex(where: { $0.id == item }), let visible = items[index].visible,
            items[index].token == nil || visible <= now
        else { return nil }
        return take(index, of: queue, until: until, now: now, token: token)
    }

    private mutating func take(
        _ index: Int, of queue: QueueID, until: Instant, now: Instant, token: Int64
    ) -> Claimed {
        let claimed = Claimed(items[index].listed, from: queue, token: token, at: now)
        items[index].visible = until
        items[index].token = token
        items[index].attempts = claimed.attempts
        items[index].firstClaimed = claimed.firstClaimed
        return claimed
    }

    /// The items in the order of their arrival, behind one of them.
    func list(after: ItemID?, limit: Int, limits: StoreLimits) -> [QueueItem] {
        var found: [QueueItem] = []
        var bytes = 0
        for item in items.sorted(by: { $0.id < $1.id }) where after.map({ $0 < item.id }) ?? true {
            guard found.count < min(limit, limits.answerItems), bytes < limits.answerBytes else { break }
            bytes += item.body.count
            found.append(item.listed)
        }
        return found
    }

    /// Takes a leased item out and lets the next of its group come forward; `nil` if the lease is lost.
    mutating func remove(_ lease: Lease) -> Item? {
        held(lease).map { remove(at: $0) }
    }

    /// Takes an item out, whoever has it.
    mutating func discard(_ item: ItemID) {
        if let index = items.firstIndex(where: { $0.id == item }) { _ = remove(at: index) }
    }

    private mutating func remove(at index: Int) -> Item {
        let item = items.remove(at: index)
        if item.visible != nil, let group = item.group, let next = items.firstIndex(where: { $0.group == group }) {
            items[next].visible = items[next].due
        }
        return item
    }

    /// Gives a leased item back; false if the lease is lost.
    mutating func giveBack(_ lease: Lease, until: Instant, isAttempt: Bool) -> Bool {
        guard let index = held(lease) else { return false }
        items[index].visible = until
        items[index].token = nil
        if !isAttempt { items[index].attempts -= 1 }
        return true
    }

    /// Lets a lease run on; false if it is lost.
    mutating func extend(_ lease: Lease, until: Instant) -> Bool {
        guard let index = held(lease) else { return false }
        items[index].visible = until
        return true
    }

    /// Gives back all that is leased, as opening the store does; it stays counted as an attempt.
    mutating func giveBackAll(at now: Instant) {
        for index in items.indices where items[index].token != nil {
            items[index].token = nil
            items[index].visible = items[index].visible.map { min($0, now) }
        }
    }

    /// How full it is.
    func stats(at now: Instant) -> QueueStats {
        var stats = QueueStats()
        stats.depth = items.count
        stats.oldest = nextInLine.map(\.enqueued).min()
        for item in items {
            guard let visible = item.visible else {
                stats.blocked += 1
                continue
            }
            guard visible > now else {
                stats.ready += 1
                continue
            }
            if item.token == nil { stats.delayed += 1 } else { stats.inFlight += 1 }
            stats.nextDue = min(stats.nextDue ?? visible, visible)
        }
        return stats
    }

    /// Of each priority the item that is claimed before the others.
    private var nextInLine: [Item] {
        Dictionary(grouping: items.filter { $0.visible != nil }, by: \.priority).values.compactMap { items in
            items.min { ($0.visible ?? $0.due, $0.id) < ($1.visible ?? $1.due, $1.id) }
        }
    }

    /// When the first item may be claimed; `nil` where there is none.
    var due: Instant? { items.compactMap(\.visible).min() }

    private func held(_ lease: Lease) -> Int? {
        items.firstIndex { $0.id == lease.item && $0.token == lease.token }
    }
}
