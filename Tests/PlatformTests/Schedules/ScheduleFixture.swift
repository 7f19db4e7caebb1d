import Core
import Logging
import NIOPosix
import Storage
import TestSupport
import Vault

@testable import Platform

/// Schedules on a store in memory, and what they delivered.
final class ScheduleFixture: Sendable {
    static let function = "arn:aws:lambda:us-east-1:000000000000:function:called"
    static let queue = QueueID("delivered")

    let store: MemoryStore
    let keys: Keys
    let clock = ManualClock(at: Instant(milliseconds: 1_795_176_000_000))
    let partition = Partition(account: .standard)

    init() {
        let clock = clock
        store = MemoryStore(clock: StoreClock { clock.now })
        keys = Keys(store: store, root: RootKey())
    }

    /// What a schedule is said to be.
    static func settings(
        _ expression: String, age: Int? = nil, window: Int? = nil, isEnabled: Bool = true, deletes: Bool = false
    ) throws -> ScheduleSettings {
        let target = try ScheduleTarget(
            arn: function, role: RoleARN("arn:aws:iam::000000000000:role/r"),
            input: #"{"a":"<aws.scheduler.scheduled-time>"}"#,
            retry: age.map { DeliveryRetry(attempts: 3, age: $0) }, deadLetter: nil)
        return ScheduleSettings(
            expression: expression, timeZone: "UTC", start: nil, end: nil, isEnabled: isEnabled, window: window,
            deletesAfterCompletion: deletes, summary: nil, keyARN: nil, target: target)
    }

    /// A schedule that was made at an instant.
    static func schedule(
        _ expression: String, age: Int? = nil, window: Int? = nil, at instant: Instant
    ) throws -> Schedule {
        Schedule(
            settings: try settings(expression, age: age, window: window), created: instant, modified: instant,
            anchor: instant, token: nil)
    }

    /// One more server on the store.
    func server() async throws -> Schedules {
        let clock = clock
        let schedules = Schedules(
            account: .standard, region: .standard, store: store, keys: keys, logger: Logger(label: "test"),
            clock: { clock.now }
        ) { firing in
            let item = Array("\(firing.schedule.resource) \(firing.input)".utf8)
            return Deliveries.Prepared(operations: [.enqueue(Self.queue, body: item)]) {}
        }
        try await schedules.restore()
        return schedules
    }

    /// Lets runners of servers run while `body` does.
    func running(_ servers: [Schedules], _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask {
                    await server.run(on: MultiThreadedEventLoopGroup.singleton.next())
                }
            }
            try await body()
            group.cancelAll()
        }
    }

    /// What lies in a queue.
    func items(_ queue: QueueID = ScheduleFixture.queue) async throws -> [QueueItem] {
        try await store.items(partition, queue, after: nil, limit: 10_000)
    }

    /// Waits until so many lie in a queue; gives their texts.
    func delivered(_ count: Int, _ queue: QueueID = ScheduleFixture.queue) async throws -> [String] {
        for _ in 0..<1000 {
            let items = try await items(queue)
            if items.count >= count { return items.map { String(decoding: $0.body, as: UTF8.self) } }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try await items(queue).map { String(decoding: $0.body, as: UTF8.self) }
    }
}
