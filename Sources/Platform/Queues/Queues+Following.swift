import Core
import Storage

/// A message behind another of its group that somebody has in hand: nobody gets it before that one is done.
package struct FollowingMessage: Sendable {
    package let item: ItemID
    package let message: ReceivedMessage
}

extension Queues {
    /// Items that are looked at for those of a group: what lies further behind has to wait for its turn.
    private static let window = 128

    /// The messages behind one that is in hand, in their order, as far as all of them could be received now.
    ///
    /// They are read and not received: whoever has the first of the group in hand has them too, and deletes them with it.
    nonisolated func followers(
        of head: ReceivedMessage, count: Int, in queue: Queue
    ) async throws(QueueError) -> [FollowingMessage] {
        let handle = try ReceiptHandle(head.receipt, of: queue)
        let now = try await now()
        let items: [QueueItem]
        do {
            items = try await store.items(
                queue.partition, queue.items, after: ItemID(handle.lease.item.number - 1), limit: Self.window)
        } catch { throw .storageFailed(StoreFault(error)) }
        guard let first = items.first, first.id == handle.lease.item, let group = first.group else { return [] }
        var followers: [FollowingMessage] = []
        for item in items.dropFirst() where item.group == group {
            // Whatever needs a look of its own gets it when it is the first of its group.
            guard followers.count < count, let message = follower(item, in: queue, at: now) else { break }
            followers.append(FollowingMessage(item: item.id, message: message))
        }
        return followers
    }

    private nonisolated func follower(_ found: QueueItem, in queue: Queue, at now: Instant) -> ReceivedMessage? {
        let due = found.enqueued.advanced(milliseconds: Int64(queue.settings.delay) * 1000)
        guard due <= now, found.attempts < queue.settings.redrive?.maximumReceives ?? .max,
            let item = try? MessageItem(found.body), !item.isTooOld(queue, at: now)
        else { return nil }
        // No claim has this token: the receipt of a message that was not received deletes nothing.
        return try? ReceivedMessage(Claimed(found, from: queue.items, token: 0, at: now), item, in: queue)
    }

    /// Deletes messages that are in hand, each with those behind it that were worked on with it; those whose first one is
    /// in somebody else's hands by now stay.
    nonisolated func delete(
        _ runs: [(receipt: String, followers: [ItemID])], in queue: Queue
    ) async throws(QueueError) {
        var open: [(lease: Lease, followers: [ItemID])] = []
        for run in runs { open.append((try ReceiptHandle(run.receipt, of: queue).lease, run.followers)) }
        while !open.isEmpty {
            // The last of a group goes first, so that none of them comes to the front in between.
            let operations = open.map { run in
                run.followers.reversed().map { WriteOperation.discard(queue.items, $0) } + [.ack(run.lease)]
            }
            do throws(StoreError) {
                _ = try await store.commit(queue.partition, operations.flatMap { $0 })
                return
            } catch {
                guard case .leaseLost(var place) = error else { throw .storageFailed(StoreFault(error)) }
                var number = 0
                while place >= operations[number].count {
                    place -= operations[number].count
                    number += 1
                }
                open.remove(at: number)
            }
        }
    }
}
