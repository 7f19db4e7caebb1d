/// What a store takes at most; every engine refuses the same batches.
package struct StoreLimits: Equatable, Sendable {
    /// Operations of one batch.
    package var operations = 1000
    /// Bytes of one value, body or entry; larger payloads go to the blob store.
    package var valueBytes = 2 << 20
    /// Bytes of one batch.
    package var batchBytes = 8 << 20
    /// Bytes of one name, id, index value, group or reason.
    package var nameBytes = 2048
    /// Items of one queue.
    package var queueDepth = 10_000_000
    /// Items of one claim; asking for more gives so many.
    package var claimItems = 1000
    /// Bytes after which a claim, a page or a slice stops early.
    package var answerBytes = 16 << 20
    /// Records or entries of one answer; asking for more gives so many.
    package var answerItems = 10_000

    /// The standard limits.
    package init() {}

    /// Refuses a batch that is over a limit, and says how many bytes it holds.
    func check(_ operations: [WriteOperation]) throws(StoreError) -> Int {
        guard operations.count <= self.operations else { throw .tooLarge }
        var bytes = 0
        for operation in operations { bytes += try check(operation) }
        guard bytes <= batchBytes else { throw .tooLarge }
        return bytes
    }

    private func check(_ operation: WriteOperation) throws(StoreError) -> Int {
        switch operation {
        case .put(let key, let value, let index, _):
            for entry in index { _ = try (name(entry.name), name(entry.value)) }
            return try name(key.kind) + name(key.id) + self.value(value)
        case .delete(let key, _):
            return try name(key.kind) + name(key.id)
        case .append(let log, let entries, _):
            var bytes = try name(log.text)
            for entry in entries { bytes += try value(entry) }
            return bytes
        case .trim(let log, _), .dropLog(let log):
            return try name(log.text)
        case .enqueue(let queue, let body, _, let group, let deduplication, _):
            return try name(queue.text) + name(group ?? "") + name(deduplication ?? "") + value(body)
        case .ack, .nack, .extend:
            return 64
        case .discard(let queue, _), .dropQueue(let queue):
            return try name(queue.text)
        case .deadLetter(_, let queue, let reason):
            return try name(queue.text) + name(reason)
        }
    }

    private func name(_ text: String) throws(StoreError) -> Int {
        guard text.utf8.count <= nameBytes else { throw .tooLarge }
        return text.utf8.count
    }

    private func value(_ bytes: [UInt8]) throws(StoreError) -> Int {
        guard bytes.count <= valueBytes else { throw .tooLarge }
        return bytes.count
    }
}
