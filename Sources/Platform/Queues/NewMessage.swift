import Core

/// A message that is to be sent.
package struct NewMessage: Sendable {
    package var body: String
    package var attributes: [MessageAttribute] = []
    /// The `AWSTraceHeader` that the sender gives along.
    package var traceHeader: MessageAttribute?
    /// In seconds; the queue's own where it says nothing.
    package var delay: Int?
    package var group: String?
    package var deduplication: String?
    /// Who sends it, as `SenderId` says.
    package var sender: String
    /// Where that stands which it causes.
    package var descent: Descent
    package var trace: TraceContext

    /// A message without attributes.
    package init(body: String, sender: String, descent: Descent = Descent(), trace: TraceContext = TraceContext()) {
        self.body = body
        self.sender = sender
        self.descent = descent
        self.trace = trace
    }

    /// What counts against the limits of messages and batches.
    package var size: Int { body.utf8.count + attributes.reduce(0) { $0 + $1.size } }

    /// Refuses what a queue cannot take, in AWS's words.
    package func check(for queue: Queue) throws(QueueError) {
        guard !body.isEmpty else { throw .parameterMissing("MessageBody") }
        let limit = queue.settings.maximumMessageSize
        guard size <= limit else {
            throw .badRequest(
                "One or more parameters are invalid. Reason: Message must be shorter than \(limit) bytes.")
        }
        guard MessageText.isAllowed(body) else { throw .badCharacters }
        guard attributes.count <= MessageAttribute.limit else {
            throw .badRequest(
                "Number of message attributes [\(attributes.count)] exceeds the allowed maximum "
                    + "[\(MessageAttribute.limit)].")
        }
        for attribute in attributes { try attribute.check() }
        if let traceHeader {
            guard traceHeader.type == "String", traceHeader.bytes.count <= 2048 else {
                throw .badRequest("The message system attribute 'AWSTraceHeader' has an invalid value or type.")
            }
            try traceHeader.check()
        }
        if let delay, !(0...900).contains(delay) {
            throw .badValue(
                String(delay), parameter: "DelaySeconds", reason: "DelaySeconds must be >= 0 and <= 900.")
        }
        try checkIDs(for: queue)
        try checkOrder(in: queue)
        if let delay, delay != 0, queue.settings.fifo != nil {
            throw .badValue(
                String(delay), parameter: "DelaySeconds",
                reason: "The request include parameter that is not valid for this queue type.")
        }
    }

    /// Refuses what has no group or nothing to tell its duplicates by, and needs them.
    package func checkOrder(in queue: Queue) throws(QueueError) {
        guard let fifo = queue.settings.fifo else { return }
        guard group != nil else { throw .parameterMissing("MessageGroupId") }
        guard deduplication != nil || fifo.deduplicatesByContent else {
            throw .badRequest(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
                    + "explicitly")
        }
    }

    private func checkIDs(for queue: Queue) throws(QueueError) {
        for (name, id) in [("MessageGroupId", group), ("MessageDeduplicationId", deduplication)] {
            guard let id else { continue }
            guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .badValue(
                    String(id.prefix(256)), parameter: name,
                    reason: "\(name) can only include alphanumeric and punctuation characters. 1 to 128 in length.")
            }
        }
        if let deduplication, queue.settings.fifo == nil {
            throw .badValue(
                deduplication, parameter: "MessageDeduplicationId",
                reason: "The request includes a parameter that is not valid for this queue type.")
        }
    }
}

/// What a sender is told of a message that is durable now.
package struct SentMessage: Sendable {
    package let id: MessageID
    package let bodyMD5: String
    package let attributesMD5: String?
    package let traceHeaderMD5: String?
    /// On FIFO queues only.
    package let sequence: String?
}
