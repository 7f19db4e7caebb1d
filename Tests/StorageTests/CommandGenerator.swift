import Core
import Foundation

@testable import Storage

/// One thing to do to a store, without the leases of that store in it.
enum Command {
    case advance(milliseconds: Int64)
    case commit(Partition, [Step], CommitID?)
    case claim(Partition, QueueID, max: Int, lease: Duration)
    case get(Partition, [RecordKey])
    case scan(Partition, RecordQuery, after: Cursor?, limit: Int)
    case read(Partition, LogID, from: Int64, limit: Int, bytes: Int)
    case stats(Partition, QueueID)
    case dueTimes(Partition, prefix: String)
    case items(Partition, QueueID, after: ItemID?, limit: Int)
    /// Claims the item of the queue that is at this place.
    case take(Partition, QueueID, place: Int, lease: Duration)
    case partitions
    case reopen

    /// An operation, its lease by number.
    enum Step {
        case plain(WriteOperation)
        case ack(Int)
        case nack(Int, Duration, isAttempt: Bool)
        case extend(Int, Duration)
        case deadLetter(Int, QueueID, String)

        func operation(leases: [Lease]) -> WriteOperation {
            switch self {
            case .plain(let operation): operation
            case .ack(let lease): .ack(leases[lease])
            case .nack(let lease, let delay, let isAttempt):
                .nack(leases[lease], delay: delay, isAttempt: isAttempt)
            case .extend(let lease, let delay): .extend(leases[lease], by: delay)
            case .deadLetter(let lease, let queue, let reason): .deadLetter(leases[lease], to: queue, reason: reason)
            }
        }
    }
}

/// Makes random commands over few names, so that they meet.
struct CommandGenerator {
    private static let partitions = [Partition(account: .standard), Partition(account: .standard, bucket: 7)]
    private static let queues = ["a", "b", "caf\u{e9}", "cafe\u{301}"].map { QueueID($0) }
    private static let logs = ["l", "m", ""].map { LogID($0) }
    private static let kinds = ["function", "alias"]
    private static let ids = ["", "a", "ab", "b", "z\u{0}z", "\u{e9}", "e\u{301}", "\u{1F426}", "{a}"]
    private static let values = ["", "x", "xy", "xyz", "\u{e9}", "\u{0}"]
    private static let commits = (0..<6).map { _ in CommitID() }

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next(leases: Int) -> Command {
        let partition = pick(Self.partitions)
        switch number(100) {
        case 99: return .reopen
        case 93: return .partitions
        case 97, 98:
            let after = number(3) == 0 ? nil : ItemID(Int64(number(400)))
            return .items(partition, pick(Self.queues), after: after, limit: number(7) - 1)
        case 94..<97:
            return .take(partition, pick(Self.queues), place: number(5), lease: .milliseconds(pick([0, 999, 5000])))
        case ..<8: return .advance(milliseconds: pick([1, 500, 1000, 5000, 20_000, 299_999, 300_000, 86_400_000]))
        case ..<28:
            return .claim(partition, pick(Self.queues), max: number(7) - 1, lease: .milliseconds(pick([0, 999, 5000])))
        case ..<34: return .get(partition, (0..<number(4)).map { _ in key() })
        case ..<46: return .scan(partition, query(), after: cursor(), limit: number(8))
        case ..<52:
            return .read(
                partition, pick(Self.logs), from: Int64(number(30)) - 1, limit: number(8), bytes: pick([0, 50, 1000]))
        case ..<57: return .stats(partition, pick(Self.queues))
        case ..<60: return .dueTimes(partition, prefix: pick(["", "a", "caf", "caf\u{e9}", "c\u{10FFFF}", "x"]))
        default:
            let count = pick([1, 1, 1, 2, 3, 4, 7])
            // Asynchronous calls that come together are batches of nothing but items.
            let onlyItems = number(4) == 0
            let steps = (0..<count).map { _ in onlyItems ? .plain(item()) : step(leases: leases) }
            return .commit(partition, steps, number(8) == 0 ? pick(Self.commits) : nil)
        }
    }

    private mutating func step(leases: Int) -> Command.Step {
        let lease = leases == 0 ? nil : leases - 1 - min(number(leases), number(leases))
        switch (number(20), lease) {
        case (0..<3, let lease?): return .ack(lease)
        case (3, let lease?): return .nack(lease, delay(), isAttempt: number(2) == 0)
        case (4, let lease?): return .extend(lease, delay())
        case (5, let lease?): return .deadLetter(lease, pick(Self.queues), pick(Self.values))
        case (6..<11, _):
            return .plain(.put(key(), value: bytes(), index: index(), expect: expect()))
        case (11, _): return .plain(.delete(key(), expect: expect()))
        case (12..<14, _):
            let entries = (0..<number(4)).map { _ in bytes() }
            return .plain(.append(pick(Self.logs), entries, expectNext: number(5) == 0 ? Int64(number(20)) : nil))
        case (14, _): return .plain(.trim(pick(Self.logs), before: Int64(number(40)) - 2))
        case (15, _) where number(4) == 0: return .plain(.dropLog(pick(Self.logs)))
        case (16, _) where number(10) == 0: return .plain(.dropQueue(pick(Self.queues)))
        case (17, _): return .plain(.discard(pick(Self.queues), ItemID(Int64(number(400)))))
        default: return .plain(item())
        }
    }

    private mutating func item() -> WriteOperation {
        .enqueue(
            pick(Self.queues), body: bytes(), delay: delay(), group: number(2) == 0 ? pick(Self.values) : nil,
            deduplication: number(3) == 0 ? pick(Self.values) : nil, priority: pick([0, 0, 0, 5, -3]))
    }

    private mutating func query() -> RecordQuery {
        let kind = pick(Self.kinds)
        let value = pick(Self.values)
        switch number(5) {
        case 0: return .kind(kind)
        case 1: return .kind(kind, prefix: pick(Self.ids))
        case 2: return .index(kind: kind, name: "n", match: .equals(value))
        case 3: return .index(kind: kind, name: "n", match: .prefix(value))
        default:
            return .index(
                kind: kind, name: "n", match: .range(from: value, below: number(2) == 0 ? nil : pick(Self.values)))
        }
    }

    private mutating func cursor() -> Cursor? {
        number(3) == 0 ? Cursor(value: pick(Self.values), id: pick(Self.ids)) : nil
    }

    private mutating func key() -> RecordKey { RecordKey(kind: pick(Self.kinds), id: pick(Self.ids)) }

    private mutating func index() -> [IndexValue] {
        (0..<max(0, number(5) - 2)).map { _ in IndexValue(name: pick(["n", "o"]), value: pick(Self.values)) }
    }

    private mutating func expect() -> Expect {
        switch number(5) {
        case 0: .absent
        case 1: .version(Int64(number(12)))
        default: .any
        }
    }

    private mutating func delay() -> Duration { .milliseconds(pick([0, 0, 0, -5, 1, 1000, 10_000])) }

    private mutating func bytes() -> [UInt8] {
        let count = number(30) == 0 ? pick([90, 91]) : number(60)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    private mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[number(values.count)] }
}
