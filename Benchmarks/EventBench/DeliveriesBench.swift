import Core
import Foundation
import Logging
import Platform
import Storage
import Synchronization
import Vault

/// Parcels that wait for targets which take their time.
struct DeliveriesBench {
    /// Takes a while for each parcel; the dead target takes long, and then fails.
    private struct Route: DeliveryRoute {
        func delivery(of parcel: Parcel) async throws -> Delivery {
            let isDead = parcel.target.hasSuffix(":dead")
            return .errand {
                // Whoever cancels wants no more.
                try? await Task.sleep(for: isDead ? .seconds(5) : .milliseconds(2))
                return isDead ? .refused(.passing("SERVER_ERROR", "It is dead.")) : .delivered
            }
        }
    }

    private static let targets = 8
    private static let backlog = 4000
    private let store: SQLiteStore
    private let keys: Keys

    init(_ folder: String) throws {
        store = try SQLiteStore(folder: folder)
        keys = Keys(store: store, root: RootKey())
    }

    /// Deliveries a second to those that are well.
    func rate(_ seconds: Double, isDisturbed: Bool) async throws -> Double {
        let counter = Counter()
        let deliveries = Deliveries(
            account: .standard, store: store, keys: keys, logger: Logger(label: "event-bench")
        ) { if $0.outcome == .delivered { counter.add() } }
        deliveries.add(Route(), for: "bench")
        for number in 0..<Self.targets { try await fill("well-\(number)", deliveries) }
        if isDisturbed { try await fill("dead", deliveries) }
        let rate = await withTaskGroup(of: Void.self) { group in
            group.addTask { await DeliveryWorker(deliveries).run() }
            // First whoever is slow has got all the room that it may.
            try? await Task.sleep(for: .seconds(1))
            let (start, before) = (ContinuousClock.now, counter.value)
            try? await Task.sleep(for: .seconds(seconds))
            let rate = Double(counter.value - before) / ((ContinuousClock.now - start) / .seconds(1))
            group.cancelAll()
            return rate
        }
        await store.close()
        return rate
    }

    private func fill(_ name: String, _ deliveries: Deliveries) async throws {
        let parcels = (0..<500).map { _ in
            Parcel(
                account: .standard, target: "arn:aws:bench:us-east-1:000000000000:\(name)",
                sender: Sender(service: "bench.amazonaws.com", source: "arn:aws:bench:us-east-1:000000000000:x"),
                descent: Descent(), trace: TraceContext(), payload: [UInt8](repeating: 7, count: 1024))
        }
        for _ in 0..<(Self.backlog / 500) { try await deliveries.send(parcels) }
    }
}

/// How much was delivered.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func add() { count.add(1, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}
