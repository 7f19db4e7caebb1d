import Core
import Storage

/// How many messages of each group wait in standard queues, so that one who sends many does not keep the others waiting.
///
/// The first messages of a group go into the queue's first rank, and the more of it wait the later the next ones come: half
/// of a backlog goes into the last rank that it has reached. So who sends little is served between those who send much,
/// and nobody is slowed down where nobody else waits. An estimate in memory, of what was sent and received here lately.
///
/// Source: Amazon SQS developer guide, "Amazon SQS fair queues": a group on a standard queue names a tenant; messages of
/// tenants without a backlog are delivered first.
struct FairShares: Sendable {
    private struct Place: Hashable {
        let queue: QueueID
        let group: String
    }

    private struct Count {
        var waiting = 0
        /// When it is forgotten: what is received elsewhere is not seen here.
        let end: Instant
    }

    /// Messages of a group in the first rank, and how many ranks there are.
    static let first = 16
    static let ranks = 11
    private static let memory: Int64 = 15 * 60_000

    private var counts: BoundedCache<Place, Count>

    /// Forgets when it knows of more than `limit` groups.
    init(limit: Int) { counts = BoundedCache(limit: limit) }

    /// A message of a group is sent; gives the priority that it has among those that wait.
    mutating func sent(_ group: String, to queue: QueueID, at now: Instant) -> Int16 {
        let place = Place(queue: queue, group: group)
        var count =
            counts[place].flatMap { $0.end > now ? $0 : nil } ?? Count(end: now.advanced(milliseconds: Self.memory))
        let rank = min(Self.ranks - 1, Int.bitWidth - (count.waiting / Self.first).leadingZeroBitCount)
        count.waiting += 1
        counts[place] = count
        return Int16(-rank)
    }

    /// A message of a group was received for the first time.
    mutating func received(_ group: String, from queue: QueueID) {
        let place = Place(queue: queue, group: group)
        guard var count = counts[place], count.waiting > 0 else { return }
        count.waiting -= 1
        counts[place] = count
    }
}
