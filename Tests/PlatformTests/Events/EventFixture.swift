import Core
import Logging
import NIOPosix
import Storage
import TestSupport
import Vault

@testable import Platform

/// Event buses on a store in memory whose clock stands still, and a route that keeps what is delivered.
final class EventFixture: Sendable {
    static let target = "arn:aws:lambda:us-east-1:000000000000:function:called"
    static let delivered = QueueID("delivered")

    /// Delivers everything to a queue of the store, or refuses it.
    struct Route: DeliveryRoute {
        func delivery(of parcel: Parcel) async throws -> Delivery {
            if parcel.target.hasSuffix(":absent") { return .refused(.final("NO_RESOURCE", "There is none.")) }
            return .operations([.enqueue(EventFixture.delivered, body: parcel.payload)]) {}
        }
    }

    let store: MemoryStore
    let keys: Keys
    let clock = ManualClock(at: Instant(milliseconds: 1_795_176_000_000))
    let partition = Partition(account: .standard)

    init() {
        let clock = clock
        store = MemoryStore(clock: StoreClock { clock.now })
        keys = Keys(store: store, root: RootKey())
    }

    /// One more server on the store.
    func server(_ limits: EventBuses.Limits = EventBuses.Limits()) async throws -> EventBuses {
        let (clock, logger) = (clock, Logger(label: "test"))
        let stories = EventStories(account: .standard, store: store, keys: keys, logger: logger) { clock.now }
        let deliveries = Deliveries(account: .standard, store: store, keys: keys, logger: logger) { stories.heard($0) }
        deliveries.add(Route(), for: "lambda")
        let buses = EventBuses(
            account: .standard, region: .standard, store: store, keys: keys, deliveries: deliveries, stories: stories,
            limits: limits, logger: logger
        ) { clock.now }
        try await buses.restore()
        return buses
    }

    static func id(_ name: String, on bus: EventBusName = .standard) throws -> RuleID {
        RuleID(bus: bus, name: try RuleName(name))
    }

    static func event(
        _ source: String = "shop", detail: JSON = [:], on bus: EventBusName = .standard, at time: Instant? = nil
    ) -> NewEvent {
        var event = NewEvent(
            bus: bus, source: source, type: "t", detail: detail, descent: Descent(), trace: TraceContext())
        event.time = time
        return event
    }

    /// A rule for all events of a source, with a target for each text that always sends that text.
    func rule(
        _ name: String, _ buses: EventBuses, source: String = "shop", on bus: EventBusName = .standard,
        targets: [String] = ["\"a\""], arn: String = EventFixture.target
    ) async throws {
        let id = try Self.id(name, on: bus)
        try await buses.putRule(
            id, EventRuleSettings(pattern: #"{"source":["\#(source)"]}"#, schedule: nil), tags: [:])
        try await buses.putTargets(
            targets.enumerated().map { number, text in
                var target = EventTarget(id: "\(number)", arn: arn)
                target.input = .constant(text)
                return target
            }, of: id)
    }

    /// What was delivered, in order.
    func texts() async throws -> [String] {
        try await store.items(partition, Self.delivered, after: nil, limit: 10_000).map {
            String(decoding: $0.body, as: UTF8.self)
        }
    }

    /// Waits until something holds, for at most ten seconds.
    func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
            if try await holds() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try await holds()
    }

    /// Lets something run while `body` does.
    func running(
        _ jobs: [@Sendable () async -> Void], _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { await job() } }
            try await body()
            group.cancelAll()
        }
    }
}
