import Core
import EventPattern
import Logging
import Storage
import Synchronization

/// The event buses of an account, their rules and archives: which events go where.
///
/// All of it lies in memory too, compiled, so that an event meets its rules without a read. The actor makes changes, one
/// after the other, each in one commit under the condition that the records are as they were read; events pass beside
/// it, for any thread.
package actor EventBuses {
    /// How much an account may have: the quotas that EventBridge gives where nobody asks for more.
    package struct Limits: Sendable {
        package var buses = 100
        package var rules = 300
        package var archives = 10
        package var replays = 1000
        package var runningReplays = 10
        package var connections = 3000
        package var destinations = 3000

        /// The standard ones.
        package init() {}
    }

    /// Who delivers, as policies name it.
    package static let service = "events.amazonaws.com"

    package nonisolated let account: AccountID
    package nonisolated let region: Region
    package nonisolated let limits: Limits
    nonisolated let records: EventRecords
    nonisolated let deliveries: Deliveries
    nonisolated let logger: Logger
    /// Who is told of times that rules have missed.
    nonisolated let happenings: PlatformEvents?
    /// What became of events, for who asks why.
    package nonisolated let stories: EventStories
    /// The last events, for who watches.
    package nonisolated let recent = RecentEvents()
    private nonisolated let clock: @Sendable () -> Instant
    nonisolated let board = Mutex<[EventBusName: LiveBus]>([:])
    private nonisolated let scratches = Mutex<[MatchScratch]>([])
    nonisolated let signals: AsyncStream<Void>
    nonisolated let signal: AsyncStream<Void>.Continuation
    /// When each rule with a schedule fires next.
    var due = DueTimes()
    /// How far archives were measured: up to which entry, and the bytes of those before it that are still there.
    var sizes: [RuleName: (end: Int64, bytes: Int64)] = [:]
    private var isChanging = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Keeps buses in an account's partition of a store; `restore` reads them before the first event comes.
    package init(
        account: AccountID, region: Region, store: any Store, keys: Keys, deliveries: Deliveries,
        stories: EventStories, limits: Limits = Limits(), happenings: PlatformEvents? = nil, logger: Logger,
        clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.account = account
        self.region = region
        self.limits = limits
        records = EventRecords(account: account, store: store, keys: keys)
        self.deliveries = deliveries
        self.stories = stories
        self.logger = logger
        self.happenings = happenings
        self.clock = clock
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    nonisolated var now: Instant { clock() }

    /// The ARN of a bus.
    package nonisolated func arn(_ bus: EventBusName) -> ARN { arn(prefix: "event-bus/\(bus)") }

    /// The ARN of a rule.
    package nonisolated func arn(_ rule: RuleID) -> ARN { arn(prefix: "rule/\(rule.path)") }

    /// The ARN of something of this service, or how those of a kind begin: `event-bus/`.
    package nonisolated func arn(prefix resource: String) -> ARN {
        ARN(service: "events", region: region, account: account, resource: resource)
    }

    /// A bus of this account and region by its name or its ARN, which may be one that is not there.
    package nonisolated func busName(_ text: String) throws(EventBusError) -> EventBusName {
        let prefix = arn(prefix: "event-bus/").description
        // What is no name names no bus.
        guard let name = try? EventBusName(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text) else {
            throw .busMissing(text)
        }
        return name
    }

    /// A bus.
    package nonisolated func bus(_ name: EventBusName) throws(EventBusError) -> EventBus { try live(name).value }

    /// A rule.
    package nonisolated func rule(_ id: RuleID) throws(EventBusError) -> EventRule { try liveRule(id).value }

    /// All buses, by name.
    package nonisolated func buses() -> [(name: EventBusName, bus: EventBus)] {
        board.withLock { $0.map { ($0.key, $0.value.value) } }.sorted { $0.name < $1.name }
    }

    /// All rules of a bus, by name.
    package nonisolated func rules(
        of bus: EventBusName
    ) throws(EventBusError) -> [(name: RuleName, rule: EventRule)] {
        try live(bus).rules.map { ($0.key, $0.value.value) }.sorted { $0.name < $1.name }
    }

    nonisolated func live(_ name: EventBusName) throws(EventBusError) -> LiveBus {
        guard let bus = board.withLock({ $0[name] }) else { throw .busMissing(name.text) }
        return bus
    }

    nonisolated func liveRule(_ id: RuleID) throws(EventBusError) -> LiveBus.Rule {
        guard let rule = try live(id.bus).rules[id.name] else { throw .ruleMissing(id.name, id.bus) }
        return rule
    }

    /// Lends memory for a match.
    nonisolated func withScratch<Result>(
        _ body: (inout MatchScratch) throws(EventError) -> Result
    ) throws(EventError) -> Result {
        var scratch = scratches.withLock { $0.popLast() } ?? MatchScratch()
        defer { scratches.withLock { if $0.count < 16 { $0.append(scratch) } } }
        return try body(&scratch)
    }

    /// Waits until no change is under way; every change begins with it and ends with `leave`.
    func enter() async {
        guard isChanging else { return isChanging = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Lets the next change begin.
    func leave() {
        if waiting.isEmpty { isChanging = false } else { waiting.removeFirst().resume() }
    }

    /// Writes what a change needs; what another server changed meanwhile is read, and the change refused.
    func commit(_ operations: [WriteOperation], of bus: EventBusName) async throws(EventBusError) -> [OperationResult] {
        if let results = try await records.commit(operations) { return results }
        try await load(bus)
        throw .changedMeanwhile
    }
}

/// Reading what lies in the store.
extension EventBuses {
    /// Makes the default bus if there is none, and reads all buses.
    package func restore() async throws {
        let place = EventRecords.key(.standard)
        if try await records.read(place, as: EventBus.self) == nil {
            let key = try await records.makeKey(for: "event-bus/\(EventBusName.standard)")
            let bus = EventBus(settings: EventBusSettings(), tags: [:], at: now)
            _ = try await records.commit([try await records.put(bus, at: place, key: key, expect: .absent)])
        }
        for name in try await names(of: EventRecords.buses) {
            guard let name = EventBusName(rawValue: name) else { throw EventBusError.unreadable(id: name) }
            try await load(name)
        }
        try await look(until: nil)
    }

    /// Reads one bus with all that belongs to it.
    func load(_ name: EventBusName) async throws(EventBusError) {
        guard let found = try await records.read(EventRecords.key(name), as: EventBus.self) else {
            return board.withLock { $0[name] = nil }
        }
        var live = LiveBus(found.value, version: found.version, key: found.key)
        var cursor: Cursor?
        repeat {
            let page = try await records.scan(
                .kind(EventRecords.rules, prefix: "\(name)/"), after: cursor, limit: 400)
            let rules = try await records.read(page.records.map(\.key), as: EventRule.self)
            for (record, rule) in zip(page.records, rules) {
                guard let id = RuleID(record.key.id), let rule else { throw .unreadable(id: record.key.id) }
                do { try live.set(id.name, rule.value, version: rule.version) } catch { throw .badPattern(error) }
            }
            cursor = page.next
        } while cursor != nil
        try await loadArchives(of: &live, name)
        let loaded = live
        board.withLock { $0[name] = loaded }
    }

    private func names(of kind: String) async throws(EventBusError) -> [String] {
        var names: [String] = []
        var cursor: Cursor?
        repeat {
            let page = try await records.scan(.kind(kind), after: cursor, limit: 1000)
            names += page.records.map(\.key.id)
            cursor = page.next
        } while cursor != nil
        return names
    }
}
