import BenchReport
import Core
import Foundation
import Logging
import Platform
import Storage
import Vault

/// Measures queues beside the store that they lie in: `queue-bench [folder] [seconds] [rounds] [waiting] [--json]`.
///
/// A turn is to send a message of 1 KB, to receive one, and to delete it; raw turns are the same three writes of as many
/// bytes without anything around them. Then the same on a queue in which many messages wait.
@main enum QueueBench {
    static func main() async throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let arguments = CommandLine.arguments.filter { $0 != "--json" }
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 2 : 2
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
        let waiting = arguments.count > 4 ? Int(arguments[4]) ?? 1_000_000 : 1_000_000
        let folder = "\(parent)/queue-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(folder: folder)
        let bench = try await Bench(store: store)
        try await bench.compare(seconds, rounds, report)
        try await bench.fill(1000, waiting, seconds, report)
        await store.close()
    }
}

/// A store with two queues in it.
private struct Bench {
    private let store: SQLiteStore
    private let queues: Queues
    private let here = Partition(account: .standard)
    private let body = String(repeating: "x", count: 1024)

    init(store: SQLiteStore) async throws {
        self.store = store
        queues = Queues(
            store: store, keys: Keys(store: store, root: RootKey()), region: .standard,
            logger: Logger(label: "queue-bench"))
    }

    /// Turns a second, with 64 clients, raw and through queues, round by round.
    func compare(_ seconds: Double, _ rounds: Int, _ report: Report) async throws {
        let queue = try await make("turns")
        let address = queue.address
        let raw = QueueID("raw")
        // As long as a sealed message.
        let bytes = [UInt8](repeating: 7, count: 1024 + 256)
        var rates: (raw: [Double], queues: [Double]) = ([], [])
        for _ in 0..<rounds {
            rates.raw.append(
                try await rate(64, seconds) {
                    _ = try await store.commit(here, [.enqueue(raw, body: bytes)])
                    while true {
                        let claimed = try await store.claim(
                            here, raw, max: 1, lease: .seconds(30), worker: WorkerID("bench"))
                        guard let item = claimed.first else { continue }
                        _ = try await store.commit(here, [.ack(item.lease)])
                        return
                    }
                })
            rates.queues.append(try await rate(64, seconds) { try await turn(address, queue) })
        }
        let (rawRate, queueRate) = (median(rates.raw), median(rates.queues))
        report.row("store, three writes of 1 KB, 64 clients", rawRate, "/s")
        report.row("send, receive, delete of 1 KB, 64 clients", queueRate, "/s")
        report.row("share of the store's rate", 100 * queueRate / rawRate, "%", bound: 50, atLeast: true)
    }

    /// The same turns, and the depth, with few and with many messages waiting.
    func fill(_ few: Int, _ many: Int, _ seconds: Double, _ report: Report) async throws {
        let queue = try await make("waiting")
        let address = queue.address
        var (turns, depths): ([Double], [Double]) = ([], [])
        var count = 0
        for target in [few, many] {
            while count < target {
                let some = min(500, target - count)
                _ = try await queues.send([NewMessage](repeating: message(200), count: some), to: queue)
                count += some
            }
            _ = try await rate(16, 0.5) { try await turn(address, queue) }
            turns.append(try await rate(16, seconds) { try await turn(address, queue) })
            depths.append(try await rate(1, seconds) { _ = try await queues.depth(of: queue) })
            report.row("send, receive, delete, \(target) waiting, 16 clients", turns.last ?? 0, "/s")
            report.row("depth of a queue, \(target) waiting", depths.last ?? 0, "/s")
        }
        report.row("turns, many waiting against few", 100 * turns[1] / turns[0], "%", bound: 80, atLeast: true)
        report.row("depth, many waiting against few", 100 * depths[1] / depths[0], "%", bound: 80, atLeast: true)
    }

    private func make(_ name: String) async throws -> Queue {
        let address = QueueAddress(account: .standard, name: try QueueName(name))
        return try await queues.create(address, attributes: [], tags: [:])
    }

    private func message(_ count: Int) -> NewMessage { NewMessage(body: String(body.prefix(count)), sender: "bench") }

    private func turn(_ address: QueueAddress, _ queue: Queue) async throws {
        _ = try await queues.send([message(1024)], to: queue)
        while true {
            let messages = try await queues.receive(1, from: address, hiding: nil, waiting: 0)
            guard let message = messages.first else { continue }
            _ = try await queues.change([(message.receipt, .delete)], in: queue)
            return
        }
    }

    private func rate(_ clients: Int, _ seconds: Double, _ turn: @escaping @Sendable () async throws -> Void)
        async throws
        -> Double
    {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let turns = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var turns = 0
                    while clock.now < end {
                        try await turn()
                        turns += 1
                    }
                    return turns
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(turns) / ((clock.now - start) / .seconds(1))
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
