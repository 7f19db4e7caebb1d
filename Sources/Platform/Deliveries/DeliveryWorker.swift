import Core
import Logging
import Storage

/// Delivers what waits: errands, and parcels whose targets could not be had before.
package struct DeliveryWorker: Sendable {
    /// Longer than any errand takes.
    private static let lease = Duration.seconds(120)

    private let deliveries: Deliveries

    /// Works on what waits in `deliveries`.
    package init(_ deliveries: Deliveries) { self.deliveries = deliveries }

    /// Works until the task is cancelled.
    package func run() async {
        await LaneWorker(
            board: deliveries.board, store: deliveries.store, partition: deliveries.partition,
            prefix: Deliveries.queues, lease: Self.lease, name: "deliveries", logger: deliveries.logger
        ) { await carryOut($0) }.run()
    }

    private func carryOut(_ claimed: Claimed) async -> EventLanes.End {
        do {
            let key = try await deliveries.key()
            var parcel: Parcel
            do { parcel = try deliveries.open(claimed.body, with: key).parcel } catch {
                // What the key does not open now it never will.
                return try await setAside(claimed, error)
            }
            parcel.order = claimed.lease.item
            return try await conclude(parcel, claimed)
        } catch {
            // The lease runs out, and the parcel comes again: nothing is lost by doing nothing.
            deliveries.logger.error("A delivery could not be worked on.", metadata: ["reason": "\(error)"])
            return .retried(after: Self.lease)
        }
    }

    /// What is no parcel, or cannot be opened, must not be tried for ever.
    private func setAside(_ claimed: Claimed, _ error: any Error) async throws -> EventLanes.End {
        try await commit([
            .deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: "Unreadable: \(error)")
        ])
        deliveries.logger.error(
            "A delivery that cannot be read went to the dead letters.", metadata: ["reason": "\(error)"])
        return .concluded
    }

    private func conclude(_ parcel: Parcel, _ claimed: Claimed) async throws -> EventLanes.End {
        switch await deliveries.way(of: parcel) {
        case .operations(let operations, let committed):
            do { try await commit([.ack(claimed.lease)] + operations) } catch StoreError.queueFull {
                return try await refused(parcel, claimed, .full)
            }
            committed()
        case .errand(let errand):
            if case .refused(let refusal) = await errand() { return try await refused(parcel, claimed, refusal) }
            try await commit([.ack(claimed.lease)])
        case .refused(let refusal): return try await refused(parcel, claimed, refusal)
        }
        deliveries.tell(parcel, .delivered, attempts: claimed.attempts)
        return .concluded
    }

    private func refused(
        _ parcel: Parcel, _ claimed: Claimed, _ refusal: DeliveryRefusal
    ) async throws -> EventLanes.End {
        let delay =
            refusal.isAttempt
            ? max(Deliveries.delay(of: parcel, after: claimed.attempts), refusal.after ?? .zero)
            : Deliveries.delay(ofWaitingSince: parcel.created, at: .now)
        let age = Instant.now.advanced(milliseconds: delay.milliseconds).milliseconds - parcel.created.milliseconds
        let exhausted =
            refusal.isAttempt && claimed.attempts > parcel.retry.attempts
            ? "MaximumRetryAttempts" : age > Int64(parcel.retry.age) * 1000 ? "MaximumEventAgeInSeconds" : nil
        guard refusal.isPassing, exhausted == nil else {
            let burial = try await deliveries.burial(
                of: parcel, refusal, attempts: claimed.attempts, exhausted: refusal.isPassing ? exhausted : nil)
            try await commit([.ack(claimed.lease)] + burial.operations)
            burial.committed()
            return .concluded
        }
        try await commit([.nack(claimed.lease, delay: delay, isAttempt: refusal.isAttempt)])
        deliveries.tell(parcel, .postponed(refusal), attempts: claimed.attempts)
        return .retried(after: delay)
    }

    private func commit(_ operations: [WriteOperation]) async throws {
        _ = try await deliveries.store.commit(deliveries.partition, operations)
    }
}
