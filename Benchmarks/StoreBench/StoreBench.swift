import Core
import Foundation
import Storage

/// Measures the store against SQLite itself, in turns on the same disk: `store-bench [folder] [seconds] [rounds]`.
///
/// Rates are of items of 1 KB. Prints a table of medians, and one line of JSON for `make bench`.
@main enum StoreBench {
    private static let here = Partition(account: .standard)
    private static let queue = QueueID("bench")
    private static let worker = WorkerID("bench")
    private static let body = (0..<1024).map { _ in UInt8.random(in: .min ... .max) }
    private static let raw = "raw SQLite, 64 inserts to a commit, no callers"
    private static let store = "store, enqueue, 64 callers"

    static func main() async throws {
        let arguments = CommandLine.arguments
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 1 : 1
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 5 : 5
        let folder = parent + "/martlet-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var samples: [String: [Double]] = [:]
        for round in 1...rounds {
            for (name, rate) in try await measure(folder + "/\(round)", seconds) {
                samples[name, default: []].append(rate)
            }
            FileHandle.standardError.write(Data("round \(round) of \(rounds) done\n".utf8))
        }
        let ratios = zip(samples[store] ?? [], samples[raw] ?? []).map { $0 / $1 }
        report(samples.mapValues(median), ratio: median(ratios))
    }

    private static func measure(_ folder: String, _ seconds: Double) async throws -> [(String, Double)] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let one = RawCommits.rate(path: folder + "/one", group: 1, body: body, seconds: seconds)
        let many = RawCommits.rate(path: folder + "/many", group: 64, body: body, seconds: seconds)
        var rates = [("raw SQLite, 1 insert to a commit", one), (raw, many)]
        for callers in [64, 1, 8, 256] {
            let rate = try await rate(folder + "/\(callers)", callers: callers, items: 1, seconds) {
                _ = try await $0.commit(here, [.enqueue(queue, body: body)])
            }
            rates.append((callers == 64 ? store : "store, enqueue, \(callers) callers", rate))
        }
        let cycle = try await rate(folder + "/cycle", callers: 64, items: 10, seconds) { store in
            _ = try await store.commit(here, (0..<10).map { _ in .enqueue(queue, body: body) })
            let items = try await store.claim(here, queue, max: 10, lease: .seconds(60), worker: worker)
            _ = try await store.commit(here, items.map { .ack($0.lease) })
        }
        return rates + [("store, enqueue + claim + ack by tens, 64 callers", cycle)]
    }

    /// Lets so many callers repeat a step for a while, each as soon as its last one is answered.
    private static func rate(
        _ folder: String, callers: Int, items: Int, _ seconds: Double,
        _ step: @escaping @Sendable (SQLiteStore) async throws -> Void
    ) async throws -> Double {
        let store = try SQLiteStore(folder: folder)
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var done = 0
                    while clock.now < end {
                        try await step(store)
                        done += items
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        let rate = Double(total) / ((clock.now - start) / .seconds(1))
        await store.close()
        return rate
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    private static func report(_ rates: [String: Double], ratio: Double) {
        let rows = rates.sorted { $0.key < $1.key }
        for (name, rate) in rows {
            print(name.padding(toLength: 50, withPad: " ", startingAt: 0), Int(rate), "items/s")
        }
        print("store against raw at 64, median of rounds: \((ratio * 100).rounded() / 100)")
        let fields = rows.map { "\"\($0.key)\": \(Int($0.value))" }.joined(separator: ", ")
        print("{\"store\": {\(fields), \"ratio\": \((ratio * 1000).rounded() / 1000)}}")
    }
}
