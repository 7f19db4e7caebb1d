import Core

/// What a function says of a batch: which of its messages have failed.
///
/// Source: AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda": nothing, `null` and an empty
/// list mean that none failed; what is no such answer, or names a message that is not in the batch, means that all did.
enum BatchAnswer: Equatable, Sendable {
    case failed(Set<String>)
    case malformed

    /// Reads an answer to a batch of these messages.
    init(_ answer: [UInt8], to ids: Set<String>) {
        self = .malformed
        guard answer.contains(where: { $0 > 0x20 }) else {
            self = .failed([])
            return
        }
        // What is no JSON is malformed.
        guard let json = try? JSON(parsing: answer) else { return }
        switch json {
        case .null: self = .failed([])
        case .object(let object):
            guard let failures = object["batchItemFailures"], !failures.isNull else {
                self = .failed([])
                return
            }
            guard let list = failures.array else { return }
            var failed: Set<String> = []
            for entry in list {
                guard let id = entry["itemIdentifier"]?.string, ids.contains(id) else { return }
                failed.insert(id)
            }
            self = .failed(failed)
        default: return
        }
    }

    /// The messages of a batch that are done; on a FIFO queue a failed one holds back those behind it in its group.
    func finished(_ messages: [SourceRecord]) -> [SourceRecord] {
        guard case .failed(let failed) = self else { return [] }
        guard !failed.isEmpty else { return messages }
        var held: Set<String> = []
        return messages.filter { record in
            let message = record.message
            let group = message.sequence == nil ? nil : message.group
            if failed.contains(message.id.description) {
                if let group { held.insert(group) }
                return false
            }
            return group.map { !held.contains($0) } ?? true
        }
    }
}
