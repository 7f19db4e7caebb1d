import Core
import TestSupport

@testable import Storage

/// Sends the same random commands to the model and to an engine, and stops where they answer differently.
struct Differential {
    /// Where they parted.
    struct Divergence: Error, CustomStringConvertible {
        let seed: UInt64
        let step: Int
        let command: String
        let model: String
        let engine: String

        var description: String {
            "seed \(seed), step \(step): \(command)\n  model:  \(model)\n  engine: \(engine)"
        }
    }

    /// Limits that random commands reach.
    static let limits: StoreLimits = {
        var limits = StoreLimits()
        limits.operations = 6
        limits.valueBytes = 90
        limits.batchBytes = 220
        limits.nameBytes = 24
        limits.queueDepth = 9
        limits.claimItems = 4
        limits.answerBytes = 160
        limits.answerItems = 5
        return limits
    }()

    let seed: UInt64
    let steps: Int
    private let clock: ManualClock
    private let model: MemoryStore
    private let open: () throws -> SQLiteStore
    private var engine: SQLiteStore
    private var commands: CommandGenerator
    /// The same lease, as the model and as the engine wrote it.
    private var leases: [(model: Lease, engine: Lease)] = []
    private(set) var refused = 0

    /// Compares with the engine that `open` gives, which is closed and opened again now and then.
    init(seed: UInt64, steps: Int, clock: ManualClock, open: @escaping () throws -> SQLiteStore) throws {
        self.seed = seed
        self.steps = steps
        self.clock = clock
        self.open = open
        engine = try open()
        model = MemoryStore(clock: StoreClock { clock.now }, limits: Self.limits)
        commands = CommandGenerator(seed: seed)
    }

    /// Runs all steps.
    mutating func run() async throws {
        do { try await runAll() } catch {
            await engine.close()
            throw error
        }
        await engine.close()
    }

    private mutating func runAll() async throws {
        for step in 0..<steps {
            let command = commands.next(leases: leases.count)
            if case .reopen = command {
                model.reopen()
                await engine.close()
                engine = try open()
                continue
            }
            let (expected, found) = await (
                answer(command, of: model, leases: leases.map(\.model)),
                answer(command, of: engine, leases: leases.map(\.engine))
            )
            if expected.text.hasPrefix("error") { refused += 1 }
            guard expected.text == found.text else {
                throw Divergence(
                    seed: seed, step: step, command: "\(command)", model: expected.text, engine: found.text)
            }
            leases += zip(expected.leases, found.leases).map { (model: $0, engine: $1) }
            if leases.count > 40 { leases.removeFirst(leases.count - 40) }
        }
    }

    private func answer(
        _ command: Command, of store: any Store, leases: [Lease]
    ) async -> (text: String, leases: [Lease]) {
        do throws(StoreError) {
            switch command {
            case .advance(let milliseconds):
                if store is MemoryStore { clock.advance(milliseconds: milliseconds) }
                return ("", [])
            case .commit(let partition, let steps, let id):
                let operations = steps.map { $0.operation(leases: leases) }
                return ("\(try await store.commit(partition, operations, id: id))", [])
            case .claim(let partition, let queue, let max, let lease):
                let claimed = try await store.claim(
                    partition, queue, max: max, lease: lease, worker: WorkerID("test"))
                return ("\(claimed.map(Self.withoutToken))", claimed.map(\.lease))
            case .get(let partition, let keys): return ("\(try await store.get(partition, keys))", [])
            case .scan(let partition, let query, let after, let limit):
                return ("\(try await store.scan(partition, query, after: after, limit: limit))", [])
            case .read(let partition, let log, let from, let limit, let bytes):
                return ("\(try await store.read(partition, log, from: from, limit: limit, maxBytes: bytes))", [])
            case .dueTimes(let partition, let prefix):
                return ("\(try await store.dueTimes(partition, prefix: prefix))", [])
            case .stats(let partition, let queue): return ("\(try await store.stats(partition, queue))", [])
            case .items(let partition, let queue, let after, let limit):
                return ("\(try await store.items(partition, queue, after: after, limit: limit))", [])
            case .take(let partition, let queue, let place, let lease):
                let items = try await store.items(partition, queue, after: nil, limit: 9)
                guard let item = items.dropFirst(place).first else { return ("", []) }
                let claimed = try await store.claim(
                    partition, queue, item: item.id, lease: lease, worker: WorkerID("test"))
                return ("\(claimed.map(Self.withoutToken).map { [$0] } ?? [])", claimed.map { [$0.lease] } ?? [])
            case .partitions: return ("\(try await store.partitions())", [])
            case .reopen: return ("", [])
            }
        } catch {
            return ("error \(error)", [])
        }
    }

    private static func withoutToken(_ claimed: Claimed) -> Claimed {
        var claimed = claimed
        claimed.lease = Lease(
            queue: claimed.lease.queue, item: claimed.lease.item, grouped: claimed.lease.grouped, token: 0)
        return claimed
    }
}
