import Core
import Storage
import Synchronization
import Vault

extension Queues {
    /// Sends messages that were checked for the queue, all or none; they are durable when this returns.
    package nonisolated func send(_ messages: [NewMessage], to queue: Queue) async throws(QueueError) -> [SentMessage] {
        let now = try await now()
        var drafts: [Draft] = []
        drafts.reserveCapacity(messages.count)
        for message in messages { drafts.append(draft(message, for: queue, at: now)) }
        let results = try await commit(drafts.map(\.operation), queue)
        var sent: [SentMessage] = []
        for (draft, result) in zip(drafts, results) { sent.append(draft.sent(as: result, in: queue)) }
        return sent
    }

    /// The operation that sends a message that was checked for the queue, for a commit of somebody else.
    nonisolated func sending(_ message: NewMessage, to queue: Queue) async throws(QueueError) -> WriteOperation {
        draft(message, for: queue, at: try await now()).operation
    }

    private nonisolated func draft(_ message: NewMessage, for queue: Queue, at now: Instant) -> Draft {
        var priority: Int16 = 0
        if !queue.isFIFO, let group = message.group {
            priority = shares.withLock { $0.sent(group, to: queue.items, at: now) }
        }
        return Draft(message, for: queue, priority: priority, at: now)
    }

    /// A sealed message, and what its sender will be told of it.
    private struct Draft {
        let operation: WriteOperation
        private let id: MessageID
        private let bodyMD5: String
        private let attributesMD5: String?
        private let traceHeaderMD5: String?

        init(_ message: NewMessage, for queue: Queue, priority: Int16, at now: Instant) {
            let body = Array(message.body.utf8)
            id = MessageID()
            bodyMD5 = MD5Digest.hex(of: body)
            attributesMD5 = MessageAttribute.md5(of: message.attributes)
            traceHeaderMD5 = MessageAttribute.md5(of: message.traceHeader.map { [$0] } ?? [])
            var deduplication: String?
            if queue.isFIFO { deduplication = message.deduplication ?? SHA256Digest.hex(of: body) }
            let content = MessageContent(
                body: body, bodyMD5: bodyMD5, attributes: message.attributes,
                traceHeader: message.traceHeader.map { String(decoding: $0.bytes, as: UTF8.self) },
                sender: message.sender, group: message.group, deduplication: deduplication, descent: message.descent)
            let bytes = MessageItem.bytes(
                content, id: id, sent: now, lineage: message.descent.lineage, trace: message.trace, for: queue)
            let isInGroup = queue.settings.fifo?.deduplicatesInGroup == true
            operation = .enqueue(
                queue.items, body: bytes, delay: .seconds(message.delay ?? queue.settings.delay),
                group: queue.isFIFO ? message.group : nil,
                deduplication: deduplication.map { isInGroup ? "\(message.group ?? "") \($0)" : $0 },
                priority: priority)
        }

        func sent(as result: OperationResult, in queue: Queue) -> SentMessage {
            let item: ItemID? =
                switch result {
                case .item(let item), .duplicate(of: let item): item
                default: nil
                }
            let ownID = queue.isFIFO ? item.map { MessageID(of: $0, in: queue.incarnation) } : nil
            return SentMessage(
                id: ownID ?? id, bodyMD5: bodyMD5, attributesMD5: attributesMD5, traceHeaderMD5: traceHeaderMD5,
                sequence: queue.isFIFO ? item.map(SequenceNumber.text) : nil)
        }
    }
}
