import BenchReport
import Core
import Foundation
import Logging
import NIOPosix
import Platform
import Storage
import Synchronization
import Vault

/// Many schedules in a store, of which some are due at one time.
struct SchedulesBench {
    /// Takes whatever comes, in the same commit.
    private struct Route: DeliveryRoute {
        func delivery(of parcel: Parcel) async throws -> Delivery {
            .operations([.enqueue(QueueID("fired"), body: parcel.payload)]) {}
        }
    }

    private static let makers = 64
    private let store: SQLiteStore
    private let keys: Keys

    init(_ folder: String) throws {
        store = try SQLiteStore(folder: folder)
        keys = Keys(store: store, root: RootKey())
    }

    /// Registers `count`, and sees how late those fire that are due.
    func run(_ count: Int, due: Int, _ report: Report) async throws {
        let fired = Fired()
        let logger = Logger(label: "event-bench")
        let deliveries = Deliveries(account: .standard, store: store, keys: keys, logger: logger) { fired.add($0.at) }
        deliveries.add(Route(), for: "lambda")
        let schedules = Schedules(
            account: .standard, region: .standard, store: store, keys: keys, logger: logger
        ) { try await deliveries.prepare($0.parcel) }
        try await schedules.restore()
        let begun = ContinuousClock.now
        try await make(0..<(count - due), "cron(0 0 1 1 ? 2199)", schedules)
        let took = (ContinuousClock.now - begun) / .seconds(1)
        report.row("schedules registered", Double(count - due) / took, "/s")
        // Far enough away that all of them are registered before.
        let second = Instant.now.seconds.rounded(.up) + 5 + Double(due) / 500
        let text = Instant(milliseconds: Int64(second * 1000)).iso8601.prefix(19)
        try await make((count - due)..<count, "at(\(text))", schedules)
        let lags = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await schedules.run(on: MultiThreadedEventLoopGroup.singleton.next()) }
            let lags = try await fired.lags(behind: Int64(second * 1000), count: due)
            group.cancelAll()
            return lags
        }
        report.row("lag of \(due) firings in one second, \(count) schedules, p50", lags[due / 2], "ms")
        report.row(
            "lag of \(due) firings in one second, \(count) schedules, p99", lags[due * 99 / 100], "ms", bound: 250)
        await store.close()
    }

    private func make(_ numbers: Range<Int>, _ expression: String, _ schedules: Schedules) async throws {
        let target = try ScheduleTarget(
            arn: "arn:aws:lambda:us-east-1:000000000000:function:called",
            role: RoleARN("arn:aws:iam::000000000000:role/r"), input: #"{"a":1}"#, retry: nil, deadLetter: nil)
        let settings = ScheduleSettings(
            expression: expression, timeZone: "UTC", start: nil, end: nil, isEnabled: true, window: nil,
            deletesAfterCompletion: false, summary: nil, keyARN: nil, target: target)
        let group = try ScheduleName("default")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for part in 0..<Self.makers {
                tasks.addTask {
                    for number in stride(from: numbers.lowerBound + part, to: numbers.upperBound, by: Self.makers) {
                        let id = ScheduleID(group: group, name: try ScheduleName("s\(number)"))
                        try await schedules.create(id, settings, token: nil)
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }
}

/// When what fired was durable.
private final class Fired: Sendable {
    private struct Late: Error {}

    private let times = Mutex<[Instant]>([])

    func add(_ time: Instant) { times.withLock { $0.append(time) } }

    /// How late each was, in milliseconds, in order.
    func lags(behind due: Int64, count: Int) async throws -> [Double] {
        for _ in 0..<1200 {
            let times = times.withLock { $0 }
            if times.count >= count { return times.map { Double($0.milliseconds - due) }.sorted() }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Late()
    }
}
