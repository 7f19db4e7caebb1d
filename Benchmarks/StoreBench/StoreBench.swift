import Core
import Foundation
import Storage

/// Measures the store against SQLite itself, in turns on the same disk: `store-bench [folder] [seconds] [rounds]`.
///
/// Prints a table, and one line of JSON for `make bench`.
@main enum StoreBench {
    private static let here = Partition(account: .standard)
    private static let queue = QueueID("bench")
    private static let worker = WorkerID("bench")
    private static let body = (0..<1024).map { _ in UInt8.random(in: .min ... .max) }

    static func main() async throws {
        let arguments = CommandLine.arguments
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 2 : 2
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
        let folder = parent + "/martlet-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var best: [String: Double] = [:]
        func note(_ name: String, _ rate: Double) { best[name] = max(best[name] ?? 0, rate) }
        for round in 0..<rounds {
            for group in [1, 64] {
                let path = folder + "/raw-\(round)-\(group)"
                note(
                    "raw inserts, \(group) to a commit",
                    RawCommits.rate(path: path, group: group, body: body, seconds: seconds))
            }
            for clients in [1, 8, 64, 256] {
                let rate = try await withStore(folder + "/enqueue-\(round)-\(clients)") {
                    try await callers(clients, seconds: seconds) {
                        _ = try await $0.commit(here, [.enqueue(queue, body: body)])
                    }($0)
                }
                note("enqueue, \(clients) callers", rate)
            }
            note(
                "enqueue, claim 10, ack 10, 64 callers",
                try await withStore(folder + "/cycle-\(round)") { try await callers(64, seconds: seconds, cycle)($0) })
        }
        report(best)
    }

    private static func withStore(_ folder: String, _ body: (SQLiteStore) async throws -> Double) async throws -> Double
    {
        let store = try SQLiteStore(folder: folder)
        let rate = try await body(store)
        await store.close()
        try FileManager.default.removeItem(atPath: folder)
        return rate
    }

    /// Ten items through the queue by one caller, counted as one tenth each in the rate of items.
    private static func cycle(_ store: SQLiteStore) async throws {
        _ = try await store.commit(here, (0..<10).map { _ in .enqueue(queue, body: body) })
        let items = try await store.claim(here, queue, max: 10, lease: .seconds(60), worker: worker)
        _ = try await store.commit(here, items.map { .ack($0.lease) })
    }

    private static func callers(
        _ count: Int, seconds: Double, _ step: @escaping @Sendable (SQLiteStore) async throws -> Void
    ) -> (SQLiteStore) async throws -> Double {
        { store in
            let clock = ContinuousClock()
            let start = clock.now
            let end = start + .seconds(seconds)
            let total = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        var done = 0
                        while clock.now < end {
                            try await step(store)
                            done += 1
                        }
                        return done
                    }
                }
                return try await group.reduce(0, +)
            }
            return Double(total) / ((clock.now - start) / .seconds(1))
        }
    }

    private static func report(_ best: [String: Double]) {
        for (name, rate) in best.sorted(by: { $0.key < $1.key }) {
            print(name.padding(toLength: 44, withPad: " ", startingAt: 0), Int(rate), "/s")
        }
        let ratio = (best["enqueue, 64 callers"] ?? 0) / (best["raw inserts, 64 to a commit"] ?? 1)
        print("enqueue at 64 callers against raw, 64 to a commit: \((ratio * 100).rounded() / 100)")
        let fields = best.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\(Int($0.value))" }
        print("{\"store\":{\(fields.joined(separator: ",")),\"ratio\":\(ratio)}}")
    }
}
