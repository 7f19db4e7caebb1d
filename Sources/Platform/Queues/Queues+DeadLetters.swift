import Core
import Storage

extension Queues {
    /// Moves a message to the dead-letter queue in one commit; false where that queue is not there any more.
    ///
    /// Its content is sealed anew, with the key of the queue where it lies from now on. On a standard queue it keeps the
    /// time when it was sent, and everywhere its id.
    nonisolated func bury(
        _ claimed: Claimed, _ item: MessageItem, of queue: Queue, in address: QueueAddress
    ) async throws(QueueError) -> Bool {
        let target: Queue
        do throws(QueueError) { target = try await self.queue(address) } catch {
            guard error == .missing else { throw error }
            return false
        }
        var content: MessageContent
        do { content = try item.open(in: queue) } catch { throw .damaged }
        content.source = queue.address.arn(in: region).description
        let moved = MessageItem.bytes(
            content, id: item.messageID(claimed.lease.item, in: queue), keepsID: true,
            sent: queue.isFIFO ? try await now() : item.sent, lineage: item.lineage, trace: item.trace, for: target)
        do throws(StoreError) {
            _ = try await store.commit(
                queue.partition,
                [
                    .ack(claimed.lease),
                    .enqueue(target.items, body: moved, group: target.isFIFO ? content.group : nil),
                ])
        } catch {
            switch error {
            // Somebody else has it now.
            case .leaseLost: break
            case .queueFull: throw .full
            default: throw .storageFailed(reason: "\(error)")
            }
        }
        return true
    }

    /// The queues that send their dead letters to one, in the order of their names.
    package nonisolated func sources(of address: QueueAddress) async throws(QueueError) -> [QueueName] {
        _ = try await queue(address)
        return try await records.sources(of: address)
    }
}
