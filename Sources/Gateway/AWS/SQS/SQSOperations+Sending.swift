import Core
import Platform

extension SQSOperations {
    var sendOperations: [String: Handler] { ["SendMessage": send, "SendMessageBatch": sendBatch] }

    /// Bytes of all messages of a batch.
    private static let batchLimit = 1_048_576

    @Sendable private func send(_ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let message = Self.message(request.input, request.call)
        try message.check(for: queue)
        guard let sent = try await queues.send([message], to: queue).first else { return [:] }
        return Self.value(sent)
    }

    @Sendable private func sendBatch(_ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let entries = try SQSBatch.entries(request.input, of: "SendMessageBatchRequestEntry")
        let messages = entries.map { Self.message($0.input, request.call) }
        let size = messages.reduce(0) { $0 + $1.size }
        guard size <= Self.batchLimit else {
            throw WireError(
                "BatchRequestTooLong",
                "Batch requests cannot be longer than \(Self.batchLimit) bytes. You have sent \(size) bytes.",
                status: 400)
        }
        try Self.checkOrder(messages, in: queue)
        var batch = SQSBatch()
        var good: [(id: String, message: NewMessage)] = []
        for (entry, message) in zip(entries, messages) {
            do throws(QueueError) {
                try message.check(for: queue)
                good.append((entry.id, message))
            } catch { try batch.fail(entry.id, error) }
        }
        if !good.isEmpty {
            let sent = try await queues.send(good.map(\.message), to: queue)
            for ((id, _), sent) in zip(good, sent) { batch.succeed(id, Self.value(sent)) }
        }
        return batch.answer
    }

    /// What a FIFO queue needs of every message is asked of the batch as a whole, with one code for all of it.
    private static func checkOrder(_ messages: [NewMessage], in queue: Queue) throws {
        do throws(QueueError) { for message in messages { try message.checkOrder(in: queue) } } catch {
            guard let refusal = SQSError.refusal(error) else { throw error }
            throw SQSError.invalid(refusal.message)
        }
    }

    private static func message(_ input: WireValue, _ call: Call) -> NewMessage {
        var message = NewMessage(
            body: input["MessageBody"]?.string ?? "", sender: call.principal.uniqueID, descent: call.descent,
            trace: call.trace.child())
        message.attributes = attributes(input["MessageAttributes"])
        message.traceHeader = attributes(input["MessageSystemAttributes"]).first { $0.name == "AWSTraceHeader" }
        message.delay = input["DelaySeconds"]?.int
        message.group = input["MessageGroupId"]?.string
        message.deduplication = input["MessageDeduplicationId"]?.string
        return message
    }

    private static func attributes(_ value: WireValue?) -> [MessageAttribute] {
        (value?.fields?.members ?? []).map { name, value in
            MessageAttribute(
                name: name, type: value["DataType"]?.string ?? "",
                value: value["BinaryValue"]?.blob.map { .binary($0) } ?? .text(value["StringValue"]?.string ?? ""))
        }
    }

    private static func value(_ sent: SentMessage) -> WireValue {
        [
            "MessageId": .string(sent.id.description), "MD5OfMessageBody": .string(sent.bodyMD5),
            "MD5OfMessageAttributes": WireValue(sent.attributesMD5),
            "MD5OfMessageSystemAttributes": WireValue(sent.traceHeaderMD5),
            "SequenceNumber": WireValue(sent.sequence),
        ]
    }
}
