import Core
import Platform

extension SQSOperations {
    var finishOperations: [String: Handler] {
        [
            "DeleteMessage": { request in try await one(.delete, request) },
            "ChangeMessageVisibility": { request in
                try await one(.hide(request.input["VisibilityTimeout"]?.int ?? 0), request)
            },
            "DeleteMessageBatch": { request in
                try await batch(request, of: "DeleteMessageBatchRequestEntry") { _ in .delete }
            },
            "ChangeMessageVisibilityBatch": { request in
                try await batch(request, of: "ChangeMessageVisibilityBatchRequestEntry") { entry in
                    .hide(entry["VisibilityTimeout"]?.int ?? 0)
                }
            },
        ]
    }

    private func one(_ change: Queues.Change, _ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let receipt = request.input["ReceiptHandle"]?.string ?? ""
        let outcomes = try await queues.change([(receipt, change)], in: queue)
        if let error = outcomes.compactMap(\.self).first { throw error }
        return [:]
    }

    private func batch(
        _ request: SQSRequest, of kind: String, _ change: (WireValue) -> Queues.Change
    ) async throws -> WireValue {
        let queue = try request.existing()
        let entries = try SQSBatch.entries(request.input, of: kind)
        let outcomes = try await queues.change(
            entries.map { ($0.input["ReceiptHandle"]?.string ?? "", change($0.input)) }, in: queue)
        var batch = SQSBatch()
        for (entry, outcome) in zip(entries, outcomes) {
            if let outcome { try batch.fail(entry.id, outcome) } else { batch.succeed(entry.id) }
        }
        return batch.answer
    }
}
