import Core
import FoundationEssentials
import Logging
import Storage
import Synchronization
import Vault

/// What became of events, kept for a day, sealed: so that one can ask why something happened, or did not.
///
/// Stories are written behind the events, a second later and many at a time: no event waits for its story, and a crash
/// may take away the last second of them. Where there are too many, later events have none.
package final class EventStories: Sendable {
    private static let kind = "event-story"
    private static let index = "taken"
    private static let resource = "event-stories"
    /// How long a story is kept, in milliseconds.
    private static let lifetime: Int64 = 86_400_000
    /// Stories that wait to be written, and their bytes; stories of one commit.
    private static let waitingLimit = 20_000
    private static let waitingBytes = 64 << 20
    private static let commitSize = 100
    private static let interval = Duration.seconds(1)
    private static let sweepEvery = 60

    private struct Waiting {
        var stories: [RequestID: EventStory] = [:]
        var bytes = 0
        var left = 0
    }

    private let account: AccountID
    private let store: any Store
    private let keys: Keys
    private let logger: Logger
    private let clock: @Sendable () -> Instant
    private let waiting = Mutex(Waiting())

    /// Keeps stories in an account's partition of a store.
    package init(
        account: AccountID, store: any Store, keys: Keys, logger: Logger,
        clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.account = account
        self.store = store
        self.keys = keys
        self.logger = logger
        self.clock = clock
    }

    /// An event is on its way; `rule` gives the ARN of a rule.
    func began(_ event: BusEvent, _ deliveries: [FanOut.Delivery], rule: (RuleName) -> String) {
        change(event.id, size: event.bytes.count) { $0.began(event, deliveries, rule: rule) }
    }

    /// Something became of a delivery; what does not come from a rule is not told here.
    package func heard(_ report: DeliveryReport) {
        guard let origin = report.parcel.origin.flatMap({ EventOrigin($0) }) else { return }
        change(origin.event, size: 0) { $0.heard(report, origin) }
    }

    /// The story of an event; `nil` where there is none, or none any more.
    package func story(of id: RequestID) async throws -> EventStory? {
        try await flush()
        return try await read([id])[0]
    }

    /// Writes stories, and forgets those that are old, until the task is cancelled.
    package func run() async {
        var round = 0
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { break }
            do {
                try await flush()
                round += 1
                if round % Self.sweepEvery == 1 { try await sweep() }
            } catch {
                logger.warning("What became of events could not be written.", metadata: ["reason": "\(error)"])
            }
        }
        // What is left of the last second; nothing depends on it.
        try? await flush()
    }

    private func change(_ id: RequestID, size: Int, _ body: (inout EventStory) -> Void) {
        waiting.withLock { waiting in
            guard waiting.stories[id] != nil || waiting.stories.count < Self.waitingLimit,
                waiting.bytes + size <= Self.waitingBytes
            else { return waiting.left += 1 }
            waiting.bytes += size
            body(&waiting.stories[id, default: EventStory()])
        }
    }

    /// Writes what waits.
    func flush() async throws {
        let (stories, left) = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return (Array(waiting.stories), waiting.left)
        }
        if left > 0 {
            logger.warning("There are more events than stories can be kept of.", metadata: ["events": "\(left)"])
        }
        for start in stride(from: 0, to: stories.count, by: Self.commitSize) {
            let part = stories[start..<min(start + Self.commitSize, stories.count)]
            let known = try await read(part.map(\.key))
            var operations: [WriteOperation] = []
            for ((id, later), known) in zip(part, known) {
                var story = known ?? EventStory()
                story.merge(later)
                operations.append(try await put(story, id))
            }
            _ = try await store.commit(Partition(account: account), operations)
        }
    }

    /// Forgets what is old.
    func sweep() async throws {
        let cutoff = FireTime.indexValue(clock().advanced(milliseconds: -Self.lifetime))
        while true {
            let page = try await store.scan(
                Partition(account: account),
                .index(kind: Self.kind, name: Self.index, match: .range(from: "", below: cutoff)), after: nil,
                limit: 500)
            guard !page.records.isEmpty else { return }
            _ = try await store.commit(Partition(account: account), page.records.map { .delete($0.key) })
        }
    }

    private func put(_ story: EventStory, _ id: RequestID) async throws -> WriteOperation {
        let sealed = try await keys.seal(Array(try JSONEncoder().encode(story)), binding(id))
        let time = FireTime.indexValue(story.taken ?? clock())
        return .put(
            RecordKey(kind: Self.kind, id: id.description), value: sealed,
            index: [IndexValue(name: Self.index, value: time)])
    }

    private func read(_ ids: [RequestID]) async throws -> [EventStory?] {
        let places = ids.map { RecordKey(kind: Self.kind, id: $0.description) }
        var stories: [EventStory?] = []
        for (id, record) in zip(ids, try await store.get(Partition(account: account), places)) {
            guard let record else {
                stories.append(nil)
                continue
            }
            let plain = try await keys.open(record.value, binding(id))
            stories.append(try JSONDecoder().decode(EventStory.self, from: Data(plain)))
        }
        return stories
    }

    private func binding(_ id: RequestID) -> Binding {
        Binding(account: account, resource: Self.resource, use: "story/\(id)")
    }
}
