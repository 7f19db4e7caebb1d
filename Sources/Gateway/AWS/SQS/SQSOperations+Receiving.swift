import Core
import Platform

extension SQSOperations {
    var receiveOperations: [String: Handler] { ["ReceiveMessage": receive] }

    @Sendable private func receive(_ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let input = request.input
        let selection = try AttributeSelection(input)
        let count = try number(input, "MaxNumberOfMessages", 1...10, "Must be between 1 and 10, if provided.")
        let messages = try await queues.receive(
            count ?? 1, from: queue.address,
            hiding: try number(input, "VisibilityTimeout", 0...43_200, "Must be >= 0 and <= 43200, if provided."),
            waiting: try number(input, "WaitTimeSeconds", 0...20, "Must be >= 0 and <= 20, if provided."),
            attempt: try attempt(input, queue))
        guard !messages.isEmpty else { return [:] }
        return ["Messages": .list(messages.map(selection.value))]
    }

    private func attempt(_ input: WireValue, _ queue: Queue) throws(QueueError) -> String? {
        guard let attempt = input["ReceiveRequestAttemptId"]?.string else { return nil }
        let reason =
            queue.isFIFO
            ? "ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length."
            : "The request includes a parameter that is not valid for this queue type."
        guard queue.isFIFO, (1...128).contains(attempt.utf8.count) else {
            throw .badValue(String(attempt.prefix(256)), parameter: "ReceiveRequestAttemptId", reason: reason)
        }
        return attempt
    }

    private func number(
        _ input: WireValue, _ name: String, _ range: ClosedRange<Int>, _ reason: String
    ) throws(QueueError) -> Int? {
        guard let number = input[name]?.int else { return nil }
        guard range.contains(number) else { throw .badValue(String(number), parameter: name, reason: reason) }
        return number
    }
}
