import Core
import TestSupport
import Testing

@testable import Storage

/// Many producers and workers at once: nothing lost, nothing twice, order kept in each group.
@Suite struct ConcurrencyTests {
    private static let here = Partition(account: .standard)
    private static let queue = QueueID("work")
    private static let groups = 5
    private static let producers = 4
    private static let workers = 8
    private static let each = 60

    @Test func `the model keeps order and loses nothing under concurrency`() async throws {
        try await Self.keepsOrder(MemoryStore())
    }

    @Test func `SQLite keeps order and loses nothing under concurrency`() async throws {
        try await withSQLiteStore { try await Self.keepsOrder($0) }
    }

    @Test func `a wrong engine loses items or their order under concurrency`() async throws {
        let mutants = ["a group is not locked by its first item", "no promotion on ack"]
        for mutant in Mutant.all where mutants.contains(mutant.testDescription) {
            try await withSQLiteStore(mutations: mutant.mutations) { store in
                await #expect(throws: Broken.self, "not noticed: \(mutant.testDescription)") {
                    for _ in 0..<10 { try await Self.keepsOrder(store) }
                }
            }
        }
    }

    @Test func `of many who write from one version, one wins each time`() async throws {
        try await withSQLiteStore { store in
            let (key, log) = (RecordKey(kind: "execution", id: "e"), LogID("history"))
            _ = try await store.commit(Self.here, [.put(key, value: [], expect: .absent)])
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<25 {
                            guard let record = try await store.get(Self.here, key) else { throw Broken.lost }
                            // Losing the race is what this is about.
                            _ = try? await store.commit(
                                Self.here,
                                [
                                    .append(log, [[1]], expectNext: record.version - 1),
                                    .put(key, value: [], expect: .version(record.version)),
                                ])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let version = try #require(try await store.get(Self.here, key)).version
            let end = try await store.read(Self.here, log, from: 0, limit: 1, maxBytes: 1).end
            #expect(end == version - 1)
            #expect(end > 25)
        }
    }

    /// What must not happen.
    private enum Broken: Error {
        case lost
        case twice
        case order
    }

    private static func keepsOrder(_ store: any Store) async throws {
        let started = try await store.stats(here, queue)
        #expect(started.depth == 0)
        try await withThrowingTaskGroup { tasks in
            for producer in 0..<producers { tasks.addTask { try await produce(store, producer) } }
            for worker in 0..<workers { tasks.addTask { try await work(store, worker) } }
            try await tasks.waitForAll()
        }
        for group in 0..<groups {
            let written = try await all(store, LogID("in\(group)"))
            let done = try await all(store, LogID("out\(group)"))
            if Set(done).count < done.count { throw Broken.twice }
            if written.count != done.count { throw Broken.lost }
            if written != done { throw Broken.order }
            _ = try await store.commit(here, [.dropLog(LogID("in\(group)")), .dropLog(LogID("out\(group)"))])
        }
    }

    /// Enqueues, and notes in the same commit in which order.
    private static func produce(_ store: any Store, _ producer: Int) async throws {
        for number in 0..<each {
            let group = (producer + number) % groups
            let body = Array("\(producer).\(number)".utf8)
            _ = try await store.commit(
                here, [.enqueue(queue, body: body, group: "g\(group)"), .append(LogID("in\(group)"), [body])])
        }
    }

    /// Claims, sometimes gives back or lets the lease run out, and notes what it finishes in the same commit.
    private static func work(_ store: any Store, _ worker: Int) async throws {
        var random = SeededGenerator(seed: UInt64(worker))
        var idle = 0
        // On a machine so slow that leases run out by themselves, nobody would ever finish anything with short ones.
        var lease = Duration.milliseconds(40)
        while idle < 40 {
            let claimed = try await store.claim(here, queue, max: 3, lease: lease, worker: WorkerID("\(worker)"))
            idle = claimed.isEmpty ? idle + 1 : 0
            if claimed.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            for item in claimed {
                guard let group = item.group?.dropFirst() else { throw Broken.lost }
                let chance = Int.random(in: 0..<20, using: &random)
                if chance == 0 { try await Task.sleep(for: .milliseconds(60)) }
                let log = LogID("out\(group)")
                do throws(StoreError) {
                    let end: [WriteOperation] =
                        chance == 1 ? [.nack(item.lease)] : [.ack(item.lease), .append(log, [item.body])]
                    _ = try await store.commit(here, end)
                } catch {
                    // Someone else has it now, and will finish it.
                    guard error == .leaseLost(operation: 0) else { throw error }
                    lease = min(lease * 2, .seconds(5))
                }
            }
        }
    }

    private static func all(_ store: any Store, _ log: LogID) async throws -> [[UInt8]] {
        try await store.read(here, log, from: 0, limit: 10_000, maxBytes: .max).entries.map(\.value)
    }
}
