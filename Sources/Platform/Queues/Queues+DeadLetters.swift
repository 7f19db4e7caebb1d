import Core
import Storage

extension Queues {
    /// Moves a message to the dead-letter queue; false where that queue is not there any more.
    ///
    /// On a standard queue it keeps the time when it was sent.
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
        try await pass(claimed, item, content, from: queue, to: target, keepsTime: !queue.isFIFO)
        return true
    }

    /// Takes a received message out of a queue for good: to its dead-letter queue, or nowhere if it has none.
    ///
    /// Gives whether it was kept.
    nonisolated func setAside(_ message: ReceivedMessage, of queue: Queue) async throws(QueueError) -> Bool {
        var target: Queue?
        if let address = queue.settings.redrive?.target {
            do throws(QueueError) { target = try await self.queue(address) } catch {
                guard error == .missing else { throw error }
            }
        }
        guard let target else {
            _ = try await change([(message.receipt, .delete)], in: queue)
            return false
        }
        let lease = try ReceiptHandle(message.receipt, of: queue).lease
        var content = MessageContent(
            body: Array(message.body.utf8), bodyMD5: message.bodyMD5, attributes: message.attributes,
            traceHeader: message.traceHeader, sender: message.sender, group: message.group,
            deduplication: message.deduplication, descent: message.descent)
        content.source = queue.address.arn(in: region).description
        let moved = MessageItem.bytes(
            content, id: message.id, keepsID: true, sent: queue.isFIFO ? try await now() : message.sent,
            lineage: message.descent.lineage, trace: message.trace, for: target)
        try await pass(lease, moved, group: content.group, from: queue, to: target)
        return true
    }

    /// Lets a message go on to another queue in one commit: sealed anew with that queue's key, under the same id.
    ///
    /// Where somebody else has it by now nothing happens.
    nonisolated func pass(
        _ claimed: Claimed, _ item: MessageItem, _ content: MessageContent, from queue: Queue, to target: Queue,
        keepsTime: Bool = false
    ) async throws(QueueError) {
        let moved = MessageItem.bytes(
            content, id: item.messageID(claimed.lease.item, in: queue), keepsID: true,
            sent: keepsTime ? item.sent : try await now(), lineage: item.lineage, trace: item.trace, for: target)
        try await pass(claimed.lease, moved, group: content.group, from: queue, to: target)
    }

    private nonisolated func pass(
        _ lease: Lease, _ moved: [UInt8], group: String?, from queue: Queue, to target: Queue
    ) async throws(QueueError) {
        do throws(StoreError) {
            _ = try await store.commit(
                queue.partition,
                [.ack(lease), .enqueue(target.items, body: moved, group: target.isFIFO ? group : nil)])
        } catch {
            switch error {
            case .leaseLost: break
            case .queueFull: throw .full
            default: throw .storageFailed(StoreFault(error))
            }
        }
    }

    /// The queues that send their dead letters to one, in the order of their names.
    package nonisolated func sources(of address: QueueAddress) async throws(QueueError) -> [QueueName] {
        _ = try await queue(address)
        return try await records.sources(of: address)
    }
}
