import Core
import Storage

extension Queues {
    /// How long a message may stay hidden after it was received first, in seconds.
    private static let longestHiding = 43_200

    /// A change to a received message.
    package enum Change: Sendable {
        case delete
        /// For so many seconds from now on.
        case hide(Int)
    }

    /// Deletes received messages or changes when they come again; each by itself, in as few commits as possible.
    package nonisolated func change(
        _ changes: [(receipt: String, change: Change)], in queue: Queue
    ) async throws(QueueError) -> [QueueError?] {
        let now = try await now()
        var outcomes: [QueueError?] = []
        var open: [(index: Int, operation: WriteOperation)] = []
        for (index, (receipt, change)) in changes.enumerated() {
            do throws(QueueError) {
                open.append((index, try Self.operation(receipt, change, in: queue, at: now)))
                outcomes.append(nil)
            } catch { outcomes.append(error) }
        }
        while !open.isEmpty {
            do throws(StoreError) {
                _ = try await store.commit(queue.partition, open.map(\.operation))
                break
            } catch {
                guard case .leaseLost(let place) = error else { throw .storageFailed(StoreFault(error)) }
                let (index, _) = open.remove(at: place)
                outcomes[index] =
                    if case .delete = changes[index].change { .receiptExpired(changes[index].receipt) } else {
                        .notInFlight
                    }
            }
        }
        return outcomes
    }

    private static func operation(
        _ receipt: String, _ change: Change, in queue: Queue, at now: Instant
    ) throws(QueueError) -> WriteOperation {
        let handle = try ReceiptHandle(receipt, of: queue)
        switch change {
        // On a standard queue an old handle still deletes; on a FIFO queue that would let the next of the group pass.
        case .delete: return queue.isFIFO ? .ack(handle.lease) : .discard(queue.items, handle.lease.item)
        case .hide(0): return .nack(handle.lease)
        case .hide(let seconds):
            guard (0...longestHiding).contains(seconds) else {
                throw .badValue(
                    String(seconds), parameter: "VisibilityTimeout",
                    reason: "VisibilityTimeout must be an integer between 0 and \(longestHiding).")
            }
            let last = handle.firstReceived.advanced(milliseconds: Int64(longestHiding) * 1000)
            guard now.advanced(milliseconds: Int64(seconds) * 1000) <= last else {
                throw .badValue(
                    String(seconds), parameter: "VisibilityTimeout",
                    reason: "Total VisibilityTimeout for the message is beyond the limit [\(longestHiding) seconds].")
            }
            return .extend(handle.lease, by: .seconds(seconds))
        }
    }
}
